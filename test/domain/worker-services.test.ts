import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayKnow, readWorkerIdentity, unknownTo, workerIdentity } from '../../src/domain/worker-services.js';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const names = fc.uniqueArray(name, { maxLength: 60 });
const PROCESS = '4242@ada-laptop';

describe('the identity of a worker', () => {
  test('names what it knows, and the process first', () => {
    expect(workerIdentity(PROCESS, ['shop', 'checkout'])).toBe('4242@ada-laptop knows checkout,shop');
  });

  test('stays short where there are many, because every task of a rollout keeps it', () => {
    const many = Array.from({ length: 500 }, (_, index) => `service-${String(index)}`);
    expect(workerIdentity(PROCESS, many)).toMatch(/^4242@ada-laptop knows #[0-9a-f]{8} \(500 services\)$/);
    fc.assert(fc.property(names, (services) => workerIdentity(PROCESS, services).length < 200));
  });

  test('is read back: who knows a service may know it, whatever the others know [W34]', () => {
    fc.assert(
      fc.property(names, names, name, (services, own, extra) => {
        const { process, services: read } = readWorkerIdentity(workerIdentity(PROCESS, [...services, extra]));
        expect(process).toBe(PROCESS);
        expect(
          mayKnow(
            read,
            extra,
            own.filter((one) => one !== extra),
          ),
        ).toBe(true);
      }),
    );
  });

  test('tells that a worker with the same services knows no more [W34]', () => {
    fc.assert(
      fc.property(names, name, (services, extra) => {
        const own = services.filter((one) => one !== extra);
        fc.pre(own.length > 0);
        expect(mayKnow(readWorkerIdentity(workerIdentity(PROCESS, own)).services, extra, own)).toBe(false);
      }),
    );
  });

  test('tells what is missing, in whatever order it was written [W34]', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 60 }), (services) => {
        const read = readWorkerIdentity(workerIdentity(PROCESS, services)).services;
        expect(unknownTo(read, [...services].reverse())).toEqual([]);
        const missing = unknownTo(read, [...services, 'no Such-service']);
        expect(missing === null || missing.includes('no Such-service')).toBe(true);
      }),
    );
  });

  test.each(['4242@ada-laptop', 'release-bot', '', '4242@host knows #nothing', 'a worker that knows nothing much'])(
    'of a worker that does not say, %s, tells nothing: it may know everything [W34]',
    (identity) => {
      const { process, services } = readWorkerIdentity(identity);
      expect({ process, services }).toEqual({ process: identity, services: null });
      expect(mayKnow(services, 'shop', [])).toBe(true);
      expect(unknownTo(services, ['shop'])).toBeNull();
    },
  );
});
