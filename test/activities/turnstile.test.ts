import fc from 'fast-check';
import { expect, test } from 'vitest';
import { turnstile } from '../../src/activities/turnstile.js';

test('a turnstile lets no more through than its width, everybody in the end, and survives failures', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.boolean(), { maxLength: 30 }),
      async (width, fails) => {
        const pass = turnstile(width);
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
