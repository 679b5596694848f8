import { spellDuration } from '../duration.js';
import type { Problem } from '../errors.js';
import { HISTORY_INTERVALS } from './defaults.js';
import { plannedMs, type SimulationSetup } from './simulate.js';

/** Bursts beyond this say more about an incident than about noise. */
const MOST_DISPERSION = 50;

/** More would keep a machine busy for many minutes. */
const MOST_INTERVALS = 20_000_000;

const MOST_RUNS = 100_000;

/** Everything that makes no sense about a simulation, all at once; empty when it can be run. Paths are options. */
export function problemsOfSimulation({ plan, model, runs, seed }: Omit<SimulationSetup, 'rules'>): Problem[] {
  const { degradation, shocks, baseline } = model;
  const problems: Problem[] = [];
  const expect = (holds: boolean, path: string, message: string, expected: string, got: unknown): void => {
    if (!holds) problems.push({ rule: 'simulation.sense', path, message, expected, got: String(got) });
  };
  expect(
    model.requestsPerSecond > 0 && model.requestsPerSecond <= 1e6,
    '--request-rate',
    'Traffic is needed to see anything',
    'a rate above 0, at most 1000000/s',
    model.requestsPerSecond,
  );
  expect(
    isShare(baseline.errorRate),
    '--error-rate',
    'This is not a share of requests',
    'a share from 0% to 99%',
    baseline.errorRate,
  );
  const { medianMs, p99Ms } = baseline.latency;
  expect(medianMs > 0, '--latency-median', 'A request takes time', 'a time above 0', medianMs);
  expect(
    p99Ms >= medianMs,
    '--latency-p99',
    'The slowest requests cannot be quicker than the median',
    `at least ${String(medianMs)}ms`,
    `${String(p99Ms)}ms`,
  );
  expect(
    model.dispersion >= 1 && model.dispersion <= MOST_DISPERSION,
    '--bursts',
    'Failures cannot scatter so much, or less than by chance',
    `a number from 1 (independent) to ${String(MOST_DISPERSION)}`,
    model.dispersion,
  );
  if (degradation !== null) {
    const { atMs, overMs, to } = degradation;
    expect(
      isShare(to.errorRate),
      '--bad-error-rate',
      'This is not a share of requests',
      'a share from 0% to 99%',
      to.errorRate,
    );
    expect(
      to.errorRate > baseline.errorRate || to.latency.medianMs > medianMs,
      '--bad-error-rate',
      'The bad version is no worse than the healthy one',
      `more than ${String(baseline.errorRate)}, or a --bad-slowdown above 1`,
      to.errorRate,
    );
    expect(
      to.latency.medianMs >= medianMs,
      '--bad-slowdown',
      'A bad version is not quicker',
      'a factor of at least 1',
      to.latency.medianMs / medianMs,
    );
    expect(
      atMs >= 0 && atMs < plannedMs(plan),
      '--bad-at',
      'The rollout is over by then',
      `a time before ${spellDuration(plannedMs(plan))}, when the last stage ends`,
      spellDuration(atMs),
    );
    expect(overMs >= 0, '--bad-over', 'This is not a length of time', 'a time of at least 0s', overMs);
  }
  if (shocks !== null) {
    expect(
      isShare(shocks.errorRate) && shocks.errorRate > 0,
      '--shock-error-rate',
      'This is not a share of requests',
      'a share from 1% to 99%',
      shocks.errorRate,
    );
    expect(
      shocks.everyMs > shocks.lastMs && shocks.lastMs > 0,
      '--shock-every',
      'Shocks must end before the next one begins',
      `more than --shock-for (${spellDuration(shocks.lastMs)})`,
      spellDuration(shocks.everyMs),
    );
  }
  expect(
    Number.isInteger(runs) && runs >= 1 && runs <= MOST_RUNS,
    '--runs',
    'This is not a number of rollouts',
    `a whole number from 1 to ${String(MOST_RUNS)}`,
    runs,
  );
  expect(Number.isSafeInteger(seed) && seed >= 0, '--seed', 'This is not a seed', 'a whole number from 0 on', seed);
  const intervals = runs * (HISTORY_INTERVALS + plannedMs(plan) / plan.monitoringIntervalMs);
  if (intervals > MOST_INTERVALS)
    problems.push({
      rule: 'simulation.size',
      path: '--runs',
      message: 'This would take too long',
      expected: `at most ${String(Math.max(1, Math.floor((runs * MOST_INTERVALS) / intervals)))} for this plan`,
      got: String(runs),
    });
  return problems;
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 0.99;
}
