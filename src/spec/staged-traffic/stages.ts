import { problemsOfDemand, withApprovals } from '../../domain/stages/approvals.js';
import type { ApprovalDemand } from '../../domain/stages/commands.js';
import type { ApprovalPlan, StagePlan } from '../../domain/stages/plan.js';
import type { PlanDefaults } from '../defaults.js';
import type { Flaw } from '../reading/flaw.js';
import { formatPath, parsePath, type Path } from '../reading/path.js';
import type { PlanDraft, StageDraft, Surface } from './draft.js';
import { timesOf, type StageTimes } from './stage-times.js';

/** The plan's stages, where each came from, and what is wrong with how they were written. */
export interface BuiltStages {
  readonly stages: readonly StagePlan[];
  /** Where parts of the plan stand in what was written, by their path in the plan. */
  readonly origins: ReadonlyMap<string, Path>;
  readonly flaws: readonly Flaw[];
}

const UNTIL_A_PERSON: ApprovalPlan = { timeoutMs: null, onTimeout: 'hold' };

/** Stages as written, with the rollback window, the stage that `holdAtEnd` adds, and the approvals asked for. */
export function buildStages(draft: PlanDraft, defaults: PlanDefaults, surface: Surface): BuiltStages {
  const { names } = surface;
  const windowMs = draft.rollbackWindowMs ?? defaults.rollbackWindowMs;
  const written = draft.stages ?? defaultStages(defaults);
  const origins = new Map<string, Path>();
  const flaws: Flaw[] = [];
  const durationName = names['durationMs'] ?? 'durationMs';
  const windowPath = [names['rollbackWindowMs'] ?? 'rollbackWindowMs'];
  origins.set(formatPath(['stages', written.length, 'durationMs']), windowPath);
  const stopsShort = draft.holdAtEnd === true && (written.at(-1)?.trafficPercent ?? 100) < 100;
  const stages = written.map((stage, index): StagePlan => {
    const isLast = index === written.length - 1;
    const path = ['stages', index];
    const {
      times,
      written: places,
      flaws: ofTimes,
    } = timesOf(
      stage,
      draft,
      {
        path,
        isWindow: isLast && !stopsShort,
        otherwiseMs: isLast ? windowMs : undefined,
        fallbackMs: defaults.stageDurationMs,
      },
      surface,
    );
    if (isLast && stage.durationMs == null) origins.set(formatPath([...path, 'durationMs']), windowPath);
    for (const [key, place] of places) origins.set(formatPath([...path, key]), place);
    flaws.push(...ofTimes);
    const { rollbackWindowMs } = draft;
    if (
      isLast &&
      !stopsShort &&
      rollbackWindowMs !== undefined &&
      (stage.durationMs ?? rollbackWindowMs) !== rollbackWindowMs
    )
      flaws.push(twoWindows([...path, durationName], names));
    return planned(stage, times);
  });
  const ended = stopsShort ? heldAtEnd(stages, windowMs) : stages;
  flaws.push(...leastForNobody(draft, origins, names));
  const demand = draft.requireManualApproval ?? false;
  flaws.push(
    ...problemsOfDemand(demand, ended.length).map((problem) => ({ ...problem, path: parsePath(problem.path) })),
  );
  return { stages: withDemand(ended, demand), origins, flaws };
}

/** A least time that is said for all stages, and that none of them can use. */
function leastForNobody(
  { minDurationMs }: PlanDraft,
  origins: ReadonlyMap<string, Path>,
  names: Surface['names'],
): Flaw[] {
  const name = names['minDurationMs'] ?? 'minDurationMs';
  if (minDurationMs === undefined || [...origins.values()].some((path) => formatPath(path) === name)) return [];
  return [
    {
      rule: 'stages.leastAlone',
      path: [name],
      message: 'No stage uses this: each ends by its own clock',
      expected: 'advanceOnEvidence: true, or stages without a duration of their own',
      got: `${name} alone`,
      remedy: 'Add advanceOnEvidence: true, or leave it out',
    },
  ];
}

function defaultStages({ stagesPercent, stageDurationMs }: PlanDefaults): StageDraft[] {
  return stagesPercent.map((trafficPercent, index) => ({
    trafficPercent,
    ...(index === stagesPercent.length - 1 ? {} : { durationMs: stageDurationMs }),
  }));
}

function planned({ trafficPercent, approval }: StageDraft, times: StageTimes['times']): StagePlan {
  return { trafficPercent, ...times, ...(approval === undefined ? {} : { approval }) };
}

/** A plan that stops short goes on to everybody, but only when a person says so. */
function heldAtEnd(stages: readonly StagePlan[], windowMs: number): readonly StagePlan[] {
  const last = stages.at(-1);
  if (last === undefined) return stages;
  return [
    ...stages.slice(0, -1),
    { ...last, approval: last.approval ?? UNTIL_A_PERSON },
    { trafficPercent: 100, durationMs: windowMs },
  ];
}

/** What a stage asks for itself stays, whatever is asked for of all. */
function withDemand(stages: readonly StagePlan[], demand: ApprovalDemand): StagePlan[] {
  const demanded = withApprovals(stages, demand);
  return stages.map((stage, index) => (stage.approval === undefined ? (demanded[index] ?? stage) : stage));
}

function twoWindows(path: Path, names: Surface['names']): Flaw {
  const window = names['rollbackWindowMs'] ?? 'rollbackWindowMs';
  return {
    rule: 'stages.window',
    path,
    message: `The last stage's duration is the rollback window, and ${window} says something else`,
    expected: 'one of the two',
    got: 'both',
    remedy: `Leave the last stage's duration out, or ${window}`,
  };
}
