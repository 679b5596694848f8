import { expect, test } from 'vitest';
import { failedChecks } from '../../../src/domain/rollout/stop.js';

test.each<[string, unknown, readonly string[]]>([
  ['of a breach, all of its checks', { checks: [{ name: 'errorRate' }, { name: 'queue' }] }, ['errorRate', 'queue']],
  [
    'of a judgement, those that failed',
    [
      { name: 'errorRate', verdict: 'failed' },
      { name: 'queue', verdict: 'successful' },
    ],
    ['errorRate'],
  ],
  ['of what probes found, none', { results: [false, false], lastFailure: 'errorRate 500' }, []],
  ['of evidence that was left out, none', { leftOut: 'it is too large' }, []],
  ['of nothing, none', undefined, []],
  ['of a strange report, none', { checks: [null, 7, { name: 7 }] }, []],
])('names the checks that failed: %s', (_, evidence, names) => {
  expect(failedChecks({ evidence })).toEqual(names);
});
