import type { Chooser } from './chooser.js';
import { LIES, type Disturbance, type FaultAction, type Step } from './schedule.js';

export interface FaultOptions {
  readonly workers: number;
  readonly durationMs: number;
  /** From the end of one to the beginning of the next, on average. */
  readonly pauseMs: number;
}

/** The first rollouts begin undisturbed. */
const FIRST_MS = 3000;

const SHORTEST_MS = 500;
const LONGEST_MS = 20_000;

/** Now and then the next one does not wait for the end of the one before. */
const OVERLAPPING_SHARE = 0.25;

/** Faults one after the other, with quiet times between them in which what was promised must hold. */
export function chooseFaults(choose: Chooser, { workers, durationMs, pauseMs }: FaultOptions): Step[] {
  const steps: Step[] = [];
  for (let atMs = FIRST_MS + choose.untilNext(pauseMs); atMs < durationMs;) {
    const fault = chooseFault(choose, workers, Math.min(LONGEST_MS, durationMs - atMs + SHORTEST_MS));
    steps.push({ atMs, ...fault });
    atMs += choose.untilNext(pauseMs) + (choose.chance(OVERLAPPING_SHARE) ? 0 : fault.forMs);
  }
  return steps;
}

function chooseFault(choose: Chooser, workers: number, longestMs: number): FaultAction {
  const forMs = choose.spread(SHORTEST_MS, longestMs);
  const worker = choose.whole(0, workers - 1);
  return choose.weighted<FaultAction>([
    [4, { do: 'killWorker', worker, forMs: Math.min(forMs, 4000) }],
    [1, { do: 'stopWorker', worker, forMs: Math.min(forMs, 4000) }],
    [3, { do: 'freezeWorker', worker, forMs }],
    [3, { do: 'cutWorker', worker, forMs }],
    [2, { do: 'killTemporal', forMs: Math.min(forMs, 8000) }],
    [2, { do: 'freezeTemporal', forMs }],
    [4, { do: 'disturb', what: 'router', worker, how: chooseDisturbance(choose), forMs }],
    [4, { do: 'disturb', what: 'metrics', worker, how: chooseDisturbance(choose), forMs }],
    [2, { do: 'takeJournal', forMs }],
  ]);
}

function chooseDisturbance(choose: Chooser): Disturbance {
  return choose.weighted<Disturbance>([
    [3, { kind: 'slow', delayMs: choose.spread(100, 8000) }],
    [4, { kind: 'late', delayMs: choose.spread(300, 8000) }],
    [2, { kind: 'silent' }],
    [2, { kind: 'refusing' }],
    [1, { kind: 'failing' }],
    [3, { kind: 'lying', lie: choose.one(LIES) }],
  ]);
}
