import { EXPLAINS_MS, RETRY_MS } from '../promises.js';
import { baselineOf, clockOf, faultsOf, otherSlot, runsOf, shareOfSlot, startOf } from '../timeline/ask.js';
import type { Span } from '../timeline/facts.js';
import { awaySpans } from '../timeline/away.js';
import { workingMs } from '../timeline/lag.js';
import { prolonged } from '../timeline/spans.js';
import { standings, type Standing } from '../timeline/standing.js';
import type { RolloutFact, Timeline } from '../timeline/timeline.js';
import type { Violation } from './violation.js';

const INVARIANT = 'nobody is called without a reason';

/** No schedule fills the slots for watches. */
const NO_SLOT = /watch slot/i;

/** An undo that is done for so long is not failing any more. */
const UNDONE_MS = RETRY_MS + 2500;

/** Commands that ask for a person, or after which one may be asked for. */
const ASKING = ['reject', 'configure', 'setRollbackPolicy', 'pause', 'resume', 'promote', 'approve'];

/** A person is needed only where the round gave a reason, and only while it lasts. */
export function calledForAReason(timeline: Timeline): readonly Violation[] {
  return timeline.rollouts.flatMap((rollout) => {
    const { firstRunId, service, startedMs } = rollout;
    const looks = timeline.looks.filter((look) => look.firstRunId === firstRunId);
    const needless = firstNeedless({ ...timeline, looks }, rollout);
    if (needless === null) return [];
    const { fromMs, look, why } = needless;
    const message = `${service}@${firstRunId} calls a person at ${clockOf(timeline, fromMs)} ("${look.reason ?? 'no worker said why'}"), ${why}`;
    return [{ invariant: INVARIANT, service, atMs: fromMs, sinceMs: startedMs, message }];
  });
}

type Needless = Pick<Standing, 'fromMs' | 'look'> & { readonly why: string };

function firstNeedless(timeline: Timeline, rollout: RolloutFact): Needless | null {
  const slots = timeline.looks.find(({ reason }) => NO_SLOT.test(reason ?? ''));
  if (slots !== undefined)
    return { fromMs: slots.atMs, look: slots, why: 'but every worker has slots for more watches' };
  const undoing = standings(timeline, ({ needsHuman, phase }) => String(needsHuman && phase === 'rollingBack'));
  const undone = undoing.find((one) => isCalledToUndo(one) && undoIsDone(timeline, rollout, one));
  if (undone !== undefined) return { ...undone, why: 'but the undo is done' };
  const called = standings(timeline, ({ needsHuman }) => String(needsHuman));
  const without = called.find((one) => one.look.needsHuman && !isExplained(timeline, rollout, one));
  return without === undefined ? null : { ...without, why: 'but nothing was done to it that would need one' };
}

function isCalledToUndo({ look }: Standing): boolean {
  return look.needsHuman && look.phase === 'rollingBack';
}

function undoIsDone(timeline: Timeline, rollout: RolloutFact, { fromMs, toMs }: Standing): boolean {
  const baseline = baselineOf(timeline, rollout);
  if (baseline === null) return false;
  const candidate = otherSlot(baseline);
  const run = runsOf(timeline, rollout.service).findLast((one) => one.fromMs <= toMs);
  if (run === undefined || shareOfSlot(run.greenPercent, candidate) > 0) return false;
  const done = { fromMs: Math.max(run.fromMs, fromMs), toMs };
  // It may have been written, and not be readable.
  const unreadable = prolonged(faultsOf(timeline, 'disturb'), RETRY_MS);
  return workingMs(timeline, done, [...unreadable, ...awaySpans(timeline)]) > UNDONE_MS;
}

function isExplained(timeline: Timeline, rollout: RolloutFact, { fromMs }: Standing): boolean {
  const { faults, behaviours, moves, commands } = timeline;
  const { service, startedMs } = rollout;
  const plan = startOf(timeline, rollout)?.plan;
  const asks = plan?.autoProgression === false || plan?.stages.some(({ approval }) => approval !== undefined) === true;
  const isNear = (span: Span): boolean => span.fromMs <= fromMs && span.toMs + EXPLAINS_MS >= fromMs;
  return (
    plan === undefined ||
    asks ||
    faults.some(isNear) ||
    behaviours.some((one) => one.service === service && isNear(one)) ||
    moves.some((move) => move.service === service && move.toMs >= startedMs) ||
    commands.some((one) => one.service === service && one.answeredMs >= startedMs && ASKING.includes(one.what))
  );
}
