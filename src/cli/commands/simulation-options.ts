import { InvalidSpecError, type Problem } from '../../domain/errors.js';
import type { StagedTrafficPlan } from '../../domain/staged-traffic/plan.js';
import { usualErrorRates, usualLatency } from '../../domain/simulation/assumptions.js';
import { problemsOfSimulation } from '../../domain/simulation/problems.js';
import type { SimulationSetup } from '../../domain/simulation/simulate.js';
import type { VersionModel } from '../../domain/simulation/traffic-model.js';
import { readDuration, readLatency } from '../../spec/units/duration.js';
import { asNumber, refuse, type Read } from '../../spec/units/read.js';
import { readFraction } from '../../spec/units/share.js';

/** What was typed: read together, so that everything that is wrong is told at once. */
export interface SimulationWords {
  readonly requestRate?: string;
  readonly errorRate?: string;
  readonly latencyMedian?: string;
  readonly latencyP99?: string;
  readonly badErrorRate?: string;
  readonly badSlowdown?: string;
  readonly badAt?: string;
  readonly badOver?: string;
  readonly bursts?: string;
  readonly shockEvery?: string;
  readonly shockFor?: string;
  readonly shockErrorRate?: string;
  readonly runs?: string;
  readonly seed?: string;
  readonly compare?: boolean;
  readonly plot?: string;
}

const USUAL = { requestsPerSecond: 50, runs: 1000, seed: 1, shockForMs: 60_000, shockErrorRate: 0.3 } as const;

/** A bad version that nobody describes is not worse than this. */
const WORST_USUAL = 0.9;

const PER_SECOND = /^([\d.]+)(?:\s*\/\s*s)?$/;

/** @throws InvalidSpecError with everything that is wrong with the options, each with the option's name. */
export function setupFrom(plan: StagedTrafficPlan, words: SimulationWords): Omit<SimulationSetup, 'rules'> {
  const problems: Problem[] = [];
  const read = <Value>(
    option: string,
    text: string | undefined,
    how: (text: string) => Read<Value>,
  ): Value | undefined => {
    if (text === undefined) return undefined;
    const found = how(text);
    if ('value' in found) return found.value;
    problems.push({ path: option, got: text, ...found.refused });
    return undefined;
  };
  const rates = usualErrorRates(plan);
  const latency = usualLatency(plan);
  const slowdown = read('--bad-slowdown', words.badSlowdown, readNumber) ?? 1;
  const medianMs = read('--latency-median', words.latencyMedian, readLatency);
  const p99Ms = read('--latency-p99', words.latencyP99, readLatency);
  const healthy: VersionModel = {
    errorRate: read('--error-rate', words.errorRate, readFraction) ?? rates.healthy,
    latency: {
      medianMs: medianMs ?? (p99Ms === undefined ? latency.medianMs : Math.min(latency.medianMs, p99Ms / 4)),
      p99Ms: p99Ms ?? (medianMs === undefined ? latency.p99Ms : Math.max(latency.p99Ms, 4 * medianMs)),
    },
  };
  const shockEveryMs = read('--shock-every', words.shockEvery, readDuration);
  const shockForMs = read('--shock-for', words.shockFor, readDuration);
  const shockErrorRate = read('--shock-error-rate', words.shockErrorRate, readFraction);
  if (words.shockEvery === undefined && (words.shockFor ?? words.shockErrorRate) !== undefined)
    problems.push({
      rule: 'simulation.shocks',
      path: '--shock-every',
      message: 'How often shocks come is missing',
      expected: 'a time such as 30m',
    });
  const setup: Omit<SimulationSetup, 'rules'> = {
    plan,
    model: {
      requestsPerSecond: read('--request-rate', words.requestRate, readRate) ?? USUAL.requestsPerSecond,
      baseline: healthy,
      candidate: healthy,
      degradation: {
        atMs: read('--bad-at', words.badAt, readDuration) ?? 0,
        overMs: read('--bad-over', words.badOver, readDuration) ?? 0,
        to: {
          errorRate:
            read('--bad-error-rate', words.badErrorRate, readFraction) ??
            (words.badSlowdown === undefined
              ? Math.max(rates.bad, Math.min(WORST_USUAL, 3 * healthy.errorRate))
              : healthy.errorRate),
          latency: {
            medianMs: slowdown * healthy.latency.medianMs,
            p99Ms: slowdown * healthy.latency.p99Ms,
          },
        },
      },
      dispersion: read('--bursts', words.bursts, readNumber) ?? 1,
      shocks:
        shockEveryMs === undefined
          ? null
          : {
              everyMs: shockEveryMs,
              lastMs: shockForMs ?? USUAL.shockForMs,
              errorRate: shockErrorRate ?? USUAL.shockErrorRate,
            },
    },
    runs: read('--runs', words.runs, readNumber) ?? USUAL.runs,
    seed: read('--seed', words.seed, readNumber) ?? USUAL.seed,
    compare: words.compare ?? false,
  };
  problems.push(...problemsOfSimulation(setup));
  if (problems.length > 0) throw new InvalidSpecError('These options cannot be simulated', problems);
  return setup;
}

function readNumber(text: string): Read<number> {
  const value = asNumber(text);
  return value === undefined ? refuse('units.number', 'This is not a number', 'a number such as 4') : { value };
}

function readRate(text: string): Read<number> {
  const value = asNumber(PER_SECOND.exec(text.trim())?.[1]);
  if (value !== undefined) return { value };
  return refuse('units.rate', 'This is not a rate of requests', 'requests per second such as 100/s');
}
