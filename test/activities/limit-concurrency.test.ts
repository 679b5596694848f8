import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitConcurrency } from '../../src/activities/limit-concurrency.js';

test('no more is done at a time than the limit, everything in the end, also after failures', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.boolean(), { maxLength: 30 }),
      async (width, fails) => {
        const pass = limitConcurrency(width);
        let inside = 0;
        let most = 0;
        const results = await Promise.allSettled(
          fails.map((fail) =>
            pass(async () => {
              most = Math.max(most, ++inside);
              await new Promise(setImmediate);
              inside -= 1;
              if (fail) throw new Error('failed inside');
            }),
          ),
        );
        expect(results.map(({ status }) => status === 'rejected')).toEqual(fails);
        expect(most).toBeLessThanOrEqual(width);
        expect(inside).toBe(0);
      },
    ),
    { numRuns: 50 },
  );
});
