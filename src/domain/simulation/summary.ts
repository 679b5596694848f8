import { spreadOf, type Spread } from './quantiles.js';
import type { PolicyRuns, SimulatedRun } from './simulated-run.js';

/** A share of many runs. */
export interface SharePart {
  readonly share: number;
  /** Two standard errors. */
  readonly plusMinus: number;
}

/** Rollouts whose candidate was healthy. */
export interface HealthySummary {
  readonly falseRollbacks: SharePart;
  readonly promoted: number;
  /** Stands until a person decides. */
  readonly held: number;
  /** Ended by the plan's deadline for what is not known. */
  readonly aborted: number;
  /** From the first percent to the beginning of the last stage. */
  readonly timeToFullMs: Spread | null;
}

/** Rollouts whose candidate went bad. */
export interface BadSummary {
  /** Of those that had not ended before it went bad. */
  readonly detected: SharePart;
  readonly promoted: number;
  readonly held: number;
  readonly aborted: number;
  /** From the moment on at which it went bad. */
  readonly detectionMs: Spread | null;
  /** Requests that met the bad version, whether it was found or not. */
  readonly exposedRequests: Spread | null;
  /** The candidate's share when it was found, in percent. */
  readonly shareAtRollbackPercent: Spread | null;
}

/** How one policy did. Shares are fractions of the runs. */
export interface PolicySummary {
  readonly policy: string;
  readonly healthy: HealthySummary;
  readonly bad: BadSummary | null;
}

export function summaryOf({ policy, healthy, bad }: PolicyRuns, badFromMs: number | null): PolicySummary {
  return {
    policy,
    healthy: healthySummary(healthy),
    bad: bad === null || badFromMs === null ? null : badSummary(bad, badFromMs),
  };
}

function healthySummary(runs: readonly SimulatedRun[]): HealthySummary {
  return {
    falseRollbacks: partOf(runs, ({ outcome }) => outcome === 'rolledBack'),
    promoted: shareOf(runs, 'promoted'),
    held: shareOf(runs, 'held'),
    aborted: shareOf(runs, 'aborted'),
    timeToFullMs: spreadOf(runs.flatMap(({ fullAtMs }) => (fullAtMs === null ? [] : [fullAtMs]))),
  };
}

function badSummary(all: readonly SimulatedRun[], badFromMs: number): BadSummary {
  const runs = all.filter(({ endedAtMs }) => endedAtMs > badFromMs);
  const found = runs.filter(({ outcome }) => outcome === 'rolledBack');
  return {
    detected: partOf(runs, ({ outcome }) => outcome === 'rolledBack'),
    promoted: shareOf(runs, 'promoted'),
    held: shareOf(runs, 'held'),
    aborted: shareOf(runs, 'aborted'),
    detectionMs: spreadOf(found.map(({ endedAtMs }) => endedAtMs - badFromMs)),
    exposedRequests: spreadOf(runs.map(({ exposedRequests }) => exposedRequests)),
    shareAtRollbackPercent: spreadOf(found.map(({ shares }) => shares.at(-2)?.sharePercent ?? 0)),
  };
}

function shareOf(runs: readonly SimulatedRun[], outcome: SimulatedRun['outcome']): number {
  return partOf(runs, (run) => run.outcome === outcome).share;
}

function partOf(runs: readonly SimulatedRun[], matches: (run: SimulatedRun) => boolean): SharePart {
  if (runs.length === 0) return { share: 0, plusMinus: 0 };
  const count = runs.filter(matches).length;
  // Nothing seen does not mean that it never happens: one more of each keeps the error bar above 0.
  const shrunk = (count + 1) / (runs.length + 2);
  return { share: count / runs.length, plusMinus: 2 * Math.sqrt((shrunk * (1 - shrunk)) / runs.length) };
}
