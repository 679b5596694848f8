import fc from 'fast-check';
import { test } from 'vitest';
import { InvalidSpecError } from '../../src/domain/errors.js';
import { canaryPlanFromOptions } from '../../src/spec/canary/canary-options.js';
import { parseSpecs } from '../../src/spec/parse-specs.js';

const GOOD = `apiVersion: headgate/v1
kind: Canary
service: checkout
stages: [{ traffic: 5%, duration: 10m, approval: { timeout: 1h } }, { traffic: 100% }]
checks:
  - { metric: errorRate, max: 1%, failureLimit: 2 }
  - { name: queue, query: 'x{v="{{service}}"}', max: 3 }
health: { endpoints: [/h], interval: 3s }
`;

const KEYS = [
  'apiVersion',
  'kind',
  'service',
  'stages',
  'checks',
  'health',
  'name',
  'traffic',
  '__proto__',
  'constructor',
];

/** Refusing is fine, anything else is not. */
function accepted(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof InvalidSpecError) || error.problems.length === 0) throw error;
  }
}

test('whatever a file says, it is read or refused with reasons [U-04]', () => {
  fc.assert(
    fc.property(
      fc.nat(GOOD.length),
      fc.nat(12),
      fc.oneof(
        fc.string({ maxLength: 12 }),
        fc.constantFrom('&a ', '*a', '{', '[', '\t', '---\n', '!!js ', '{{', ': ', '? ', '%'),
      ),
      (at, drop, insert) => {
        const text = GOOD.slice(0, at) + insert + GOOD.slice(at + drop);
        accepted(() => parseSpecs(text, { file: 'c.yaml' }));
      },
    ),
    { numRuns: 500 },
  );
});

test('whatever options a program gives, they are read or refused with reasons [U-04]', () => {
  const anything = fc.anything({ key: fc.oneof(fc.constantFrom(...KEYS), fc.string()), maxDepth: 3 });
  fc.assert(
    fc.property(anything, anything, anything, (stages, successCriteria, rest) => {
      const options = { ...(typeof rest === 'object' ? rest : {}), name: 'x', service: 'x', stages, successCriteria };
      accepted(() => canaryPlanFromOptions(options as never));
      accepted(() => canaryPlanFromOptions(rest as never));
    }),
    { numRuns: 500 },
  );
});
