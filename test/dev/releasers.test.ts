import { expect, test } from 'vitest';
import { Releasers, releasing } from '../../src/dev/releasers.js';

test('what was had last is let go of first', async () => {
  const released: string[] = [];
  await releasing((releasers) => {
    for (const what of ['server', 'gateway', 'worker']) releasers.add(what, what, (one) => released.push(one));
    return Promise.resolve();
  });
  expect(released).toEqual(['worker', 'gateway', 'server']);
});

test('what cannot be let go of does not keep the others, and is named', async () => {
  const released: string[] = [];
  const releasers = new Releasers();
  releasers.add('server', 'server', (one) => released.push(one));
  releasers.add('worker', 'worker', () => Promise.reject(new Error('it is stuck')));
  await expect(releasers.releaseAll()).rejects.toThrow('could not let go of worker');
  expect(released).toEqual(['server']);
});

test('everything is let go of when its use fails', async () => {
  const released: string[] = [];
  const use = releasing((releasers) => {
    releasers.add('server', 'server', (one) => released.push(one));
    return Promise.reject(new Error('no port'));
  });
  await expect(use).rejects.toThrow('no port');
  expect(released).toEqual(['server']);
});
