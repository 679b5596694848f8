import { describe, expect, test } from 'vitest';
import { argoRules } from '../../../src/domain/simulation/peers/argo-rules.js';
import { flaggerRules } from '../../../src/domain/simulation/peers/flagger-rules.js';
import { PEER_INTERVAL_MS, thresholdsOf, type PeerRules } from '../../../src/domain/simulation/peers/peer-rules.js';
import { simulatePeer } from '../../../src/domain/simulation/peers/simulated-peer.js';
import { TrafficSource } from '../../../src/domain/simulation/traffic-source.js';
import { MINUTE_MS, modelOf, planOf, version } from './support.js';

const CHECKS = thresholdsOf([{ kind: 'sequential', metric: 'errorRate', max: 0.01 }]);

/** What the rules decide minute by minute, for so many errors of 100 requests; `null` is a minute without requests. */
function decisions(rules: PeerRules, errors: readonly (number | null)[]) {
  const run = rules.begin();
  return errors.map((bad, minute) =>
    run.look(
      { requests: bad === null ? 0 : 100, errors: bad ?? 0 },
      minute * PEER_INTERVAL_MS,
      (minute + 1) * PEER_INTERVAL_MS,
    ),
  );
}

describe('the rules of Argo Rollouts', () => {
  test('roll back at one failure more than the limit, in a row or not', () => {
    expect(decisions(argoRules(CHECKS, 0), [1, 2])).toEqual(['goOn', 'rollBack']);
    expect(decisions(argoRules(CHECKS, 3), [5, 0, 5, 5, 1, 5])).toEqual([
      'goOn',
      'goOn',
      'goOn',
      'goOn',
      'goOn',
      'rollBack',
    ]);
  });

  test('do not measure a minute without requests', () => {
    expect(decisions(argoRules(CHECKS, 0), [null, null, null, null, null, null])).toEqual(
      Array.from({ length: 6 }, () => 'goOn'),
    );
  });
});

describe('the rules of Flagger', () => {
  test('stay at a failed check, count it for good, and roll back at the look after the threshold', () => {
    expect(decisions(flaggerRules(CHECKS, 2), [0, 5, 0, 5, 0])).toEqual(['goOn', 'stay', 'goOn', 'stay', 'rollBack']);
  });

  test('take a metric without values for a failed check; a value at its bound for a good one', () => {
    expect(decisions(flaggerRules(CHECKS, 5), [null, 1])).toEqual(['stay', 'goOn']);
  });

  test('make a stage longer by every failed check', () => {
    const rules: PeerRules = {
      name: 'stays once',
      begin() {
        let looks = 0;
        return { look: () => ((looks += 1) === 2 ? 'stay' : 'goOn') };
      },
    };
    const source = new TrafficSource(modelOf(), 1, 0, MINUTE_MS, { fromMs: 0, toMs: 1 });
    const run = simulatePeer(planOf(), rules, source, null);
    expect(run).toMatchObject({ outcome: 'promoted', fullAtMs: 31 * MINUTE_MS, endedAtMs: 41 * MINUTE_MS });
  });
});

test('what others cannot express is left out for them', () => {
  expect(
    thresholdsOf([
      { kind: 'baseline', metric: 'errorRate', maxIncrease: 1 },
      { kind: 'custom', name: 'queue', max: 1 },
      { kind: 'threshold', metric: 'requestRate', min: 3, failureLimit: 7 },
    ]),
  ).toEqual([{ kind: 'threshold', metric: 'requestRate', min: 3 }]);
});

test('a bad version is found under every rule, and its requests are counted', () => {
  const model = modelOf({ degradation: { atMs: 0, overMs: 0, to: version(0.2) } });
  for (const rules of [argoRules(CHECKS, 0), argoRules(CHECKS, 3), flaggerRules(CHECKS, 5)]) {
    const source = new TrafficSource(model, 1, 0, MINUTE_MS, { fromMs: 0, toMs: 1 });
    const run = simulatePeer(planOf(), rules, source, 0);
    expect(run.outcome).toBe('rolledBack');
    expect(run.exposedRequests).toBeGreaterThan(0);
    expect(run.shares.at(-1)).toEqual({ atMs: run.endedAtMs, sharePercent: 0 });
  }
});
