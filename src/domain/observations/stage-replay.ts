import type { AnalysisState } from '../analysis/analysis.js';
import { findingIn } from '../analysis/breach.js';
import type { AnalysisPlan } from '../analysis/plan.js';
import { plannedShare, type Reading, type StageReadings } from './recording.js';
import { StageFold } from './stage-fold.js';

/** A plan that is not there judges nothing. */
const NO_CHECKS: AnalysisPlan = { checks: [] };

/** A stage, which of its readings tells it, and by what each of them is judged. */
export interface StageReplay {
  readonly stage: StageReadings;
  readonly main: Reading | null;
  readonly fold: StageFold;
  foldOf(reading: Reading): StageFold;
}

/** By one plan. */
export function replayedBy(plan: AnalysisPlan, carried: AnalysisState | null, stage: StageReadings): StageReplay {
  const main = mainReadingOf(stage);
  const fold = new StageFold(plan, carried, main === null ? null : plannedShare(main.line));
  return { stage, main, fold, foldOf: () => fold };
}

/** As it was then: the watch that acted tells it, and a judge whose plan had been changed meanwhile judges by its own. */
export function asRecorded(stage: StageReadings): StageReplay {
  const main = actingWatchIn(stage) ?? mainReadingOf(stage);
  const fold = recordedFold(main);
  const plan = JSON.stringify(main?.plan);
  const hasSamePlan = (reading: Reading): boolean =>
    reading.plan === null || reading.plan === fold.plan || JSON.stringify(reading.plan) === plan;
  return { stage, main, fold, foldOf: (reading) => (hasSamePlan(reading) ? fold : recordedFold(reading)) };
}

function recordedFold(reading: Reading | null): StageFold {
  if (reading === null) return new StageFold(NO_CHECKS, null, null);
  return new StageFold(reading.plan ?? NO_CHECKS, reading.carried, plannedShare(reading.line));
}

/** The watch whose checks put traffic back, where one did: another may have read on, from a source that forgot. */
function actingWatchIn({ readings }: StageReadings): Reading | null {
  const watches = readings.filter(({ line }) => line.by === 'watch');
  const hasActed = watches.some(({ breaches }) => breaches.some((one) => one.source === 'checks' && !one.shared));
  const finds = (reading: Reading): boolean =>
    findingIn(recordedFold(reading).endOf(reading), reading.line.knownShared)?.shared === false;
  return (hasActed ? watches.find(finds) : undefined) ?? null;
}

/** The watch that saw most tells the stage; the judges come to it. */
function mainReadingOf({ readings }: StageReadings): Reading | null {
  const watches = readings.filter(({ line }) => line.by !== 'judge');
  return (watches.length > 0 ? watches : readings).reduce<Reading | null>(
    (best, reading) => (best === null || endOf(reading) >= endOf(best) ? reading : best),
    null,
  );
}

function endOf({ own, base, line }: Reading): number {
  return own.at(-1)?.interval.endMs ?? base?.untilMs ?? line.startedAtMs;
}
