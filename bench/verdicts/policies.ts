import { mean } from 'simple-statistics';
import type { AnalysisPlan, SequentialCheck } from '../../src/domain/analysis/plan.js';
import { planVerdict, beginAnalysis, observe } from '../../src/domain/analysis/step-by-step.js';
import { argoRules } from '../../src/domain/simulation/peers/argo-rules.js';
import { flaggerRules } from '../../src/domain/simulation/peers/flagger-rules.js';
import { PEER_INTERVAL_MS, thresholdsOf } from '../../src/domain/simulation/peers/peer-rules.js';
import type { TrafficModel, VersionModel } from '../../src/domain/simulation/traffic-model.js';
import { TrafficSource } from '../../src/domain/simulation/traffic-source.js';
import { round } from '../lib/quantiles.js';
import { rateOf, type Rate } from './rate.js';
import type { VerdictSettings } from './settings.js';

/** What one policy made of the same streams as the others. */
export interface PolicyRow {
  readonly policy: string;
  readonly scenario: string;
  /** Rolled back within an hour although as healthy as the scenario says. */
  readonly falseRollbacks: Rate;
  readonly bad: readonly BadFound[];
}

/** A version that is bad from its first request. */
export interface BadFound {
  readonly times: number;
  /** Within an hour. */
  readonly found: Rate;
  /** Median over all; `null` when half of them or more were not found. */
  readonly medianMinutes: number | null;
  /** Requests that met the bad version, on average; those never found count with the whole hour. */
  readonly meanRequests: number;
}

interface Scenario {
  readonly name: string;
  /** Of the candidate, which has 5 % of the service's. */
  readonly requestsPerSecond: number;
  readonly healthyRate: number;
  readonly dispersion: number;
}

const SHARE_PERCENT = 5;
const HOUR_MS = 3_600_000;
const BOUND = 0.01;
const CHECK: SequentialCheck = { kind: 'sequential', metric: 'errorRate', max: BOUND };

export const SCENARIOS: readonly Scenario[] = [
  { name: '1 request/s, half of what is allowed', requestsPerSecond: 1, healthyRate: 0.005, dispersion: 1 },
  { name: '10 requests/s, half of what is allowed', requestsPerSecond: 10, healthyRate: 0.005, dispersion: 1 },
  { name: '10 requests/s, a fifth of what is allowed', requestsPerSecond: 10, healthyRate: 0.002, dispersion: 1 },
  { name: '10 requests/s, half, bursts φ = 4', requestsPerSecond: 10, healthyRate: 0.005, dispersion: 4 },
];

const TIMES = [2, 3, 10];

/** One candidate under one policy: when it was rolled back, and how many requests met it until then. */
interface Trial {
  readonly rolledBackMs: number | null;
  readonly requests: number;
}

interface Policy {
  readonly name: string;
  readonly tryOn: (source: TrafficSource) => Trial;
}

const POLICIES: readonly Policy[] = [
  headgate('Headgate, every 10 s', 10_000),
  headgate('Headgate, every 60 s', 60_000),
  ...[
    argoRules(thresholdsOf([CHECK]), 0),
    argoRules(thresholdsOf([CHECK]), 3),
    flaggerRules(thresholdsOf([CHECK]), 5),
  ].map((rules): Policy => ({
    name: `${rules.name}, every 60 s`,
    tryOn(source) {
      const run = rules.begin();
      return lookingEvery(
        PEER_INTERVAL_MS,
        source,
        ({ candidate }, atMs) => run.look(candidate, atMs - PEER_INTERVAL_MS, atMs) === 'rollBack',
      );
    },
  })),
];

export function measurePolicies({ rollouts, seed }: VerdictSettings): readonly PolicyRow[] {
  return SCENARIOS.flatMap((scenario) =>
    POLICIES.map(({ name, tryOn }): PolicyRow => {
      const trial = (errorRate: number, run: number): Trial =>
        tryOn(new TrafficSource(modelOf(scenario, errorRate), seed, run, 10_000, { fromMs: 0, toMs: HOUR_MS }));
      let run = 0;
      return {
        policy: name,
        scenario: scenario.name,
        falseRollbacks: rateOf(rollouts, () => trial(scenario.healthyRate, run++).rolledBackMs !== null),
        bad: TIMES.map((times) => {
          const trials = Array.from({ length: rollouts }, (_, index) => trial(times * BOUND, index));
          return summaryOf(times, trials);
        }),
      };
    }),
  );
}

function headgate(name: string, everyMs: number): Policy {
  return {
    name,
    tryOn(source) {
      const plan: AnalysisPlan = { checks: [CHECK], dispersion: { fromBaseline: pastOf(source, everyMs) } };
      let state = beginAnalysis(plan);
      return lookingEvery(everyMs, source, ({ candidate, baseline }, endMs) => {
        state = observe(plan, state, { startMs: endMs - everyMs, endMs, candidate, baseline });
        return planVerdict(plan, state) === 'failed';
      });
    },
  };
}

/** What a preflight would know: two hours at most. */
function pastOf(source: TrafficSource, everyMs: number) {
  return Array.from({ length: 120 }, (_, index) => {
    const startMs = (index - 120) * everyMs;
    const endMs = startMs + everyMs;
    return { startMs, endMs, candidate: 'no-data' as const, baseline: source.sample(startMs, endMs, 0).baseline };
  });
}

function lookingEvery(
  everyMs: number,
  source: TrafficSource,
  failsAt: (traffic: ReturnType<TrafficSource['sample']>, atMs: number) => boolean,
): Trial {
  let requests = 0;
  for (let atMs = everyMs; atMs <= HOUR_MS; atMs += everyMs) {
    const traffic = source.sample(atMs - everyMs, atMs, SHARE_PERCENT);
    requests += traffic.candidate.requests;
    if (failsAt(traffic, atMs)) return { rolledBackMs: atMs, requests };
  }
  return { rolledBackMs: null, requests };
}

function modelOf({ requestsPerSecond, healthyRate, dispersion }: Scenario, errorRate: number): TrafficModel {
  const latency = { medianMs: 50, p99Ms: 200 };
  const version = (rate: number): VersionModel => ({ errorRate: rate, latency });
  return {
    requestsPerSecond: (requestsPerSecond * 100) / SHARE_PERCENT,
    baseline: version(healthyRate),
    candidate: version(errorRate),
    degradation: null,
    dispersion,
    shocks: null,
  };
}

function summaryOf(times: number, trials: readonly Trial[]): BadFound {
  const found = trials
    .flatMap(({ rolledBackMs }) => (rolledBackMs === null ? [] : [rolledBackMs]))
    .sort((a, b) => a - b);
  const median = found[Math.ceil(trials.length / 2) - 1];
  let index = 0;
  return {
    times,
    found: rateOf(trials.length, () => trials[index++]?.rolledBackMs != null),
    medianMinutes: median === undefined ? null : round(median / 60_000),
    meanRequests: round(mean(trials.map(({ requests }) => requests)), 0),
  };
}
