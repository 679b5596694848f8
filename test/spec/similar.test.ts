import { expect, test } from 'vitest';
import { nearest, suggestion } from '../../src/spec/reading/similar.js';

const KEYS = ['traffic', 'duration', 'approval', 'monitoringInterval', 'checks', 'stages', 'max', 'min'];

test.each([
  ['trafic', 'traffic'],
  ['tarffic', 'traffic'],
  ['TRAFFIC', 'traffic'],
  ['monitoring_interval', 'monitoringInterval'],
  ['monitoring-intervall', 'monitoringInterval'],
  ['setWeight', 'traffic'],
  ['steps', 'stages'],
  ['analysis', 'checks'],
  ['maxx', 'max'],
  ['constructor', undefined],
  ['colour', undefined],
  ['', undefined],
])('%s probably means %s [U-04]', (written, meant) => {
  expect(nearest(written, KEYS)).toBe(meant);
});

test('where nothing comes near, what is known is listed [U-04]', () => {
  expect(suggestion('colour', ['max', 'min'])).toBe('Known here: max, min');
  expect(suggestion('maxx', ['max', 'min'])).toBe('Did you mean max?');
});
