import { EXPLAINS_MS, RETRY_MS } from '../promises.js';
import { baselineOf, clockOf, otherSlot, runsOf, shareOfSlot, startOf } from '../timeline/ask.js';
import type { Span } from '../timeline/facts.js';
import { covered, prolonged } from '../timeline/spans.js';
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
  const called = standings(timeline, ({ needsHuman, phase, reason }) => [needsHuman, phase, reason].join('/'));
  return called.flatMap((standing) => {
    if (!standing.look.needsHuman) return [];
    const rollout = timeline.rollouts.find(({ firstRunId }) => firstRunId === standing.firstRunId);
    if (rollout === undefined) return [];
    const why = whyNeedless(timeline, rollout, standing);
    if (why === null) return [];
    const { service, firstRunId, fromMs, look } = standing;
    const message = `${service}@${firstRunId} calls a person at ${clockOf(timeline, fromMs)} ("${look.reason ?? 'no worker said why'}"), ${why}`;
    return [{ invariant: INVARIANT, service, atMs: fromMs, sinceMs: rollout.startedMs, message }];
  });
}

function whyNeedless(timeline: Timeline, rollout: RolloutFact, standing: Standing): string | null {
  const { look } = standing;
  if (NO_SLOT.test(look.reason ?? '')) return 'but every worker has slots for many more watches';
  if (look.phase === 'rollingBack') return undoIsDone(timeline, rollout, standing) ? 'but the undo is done' : null;
  return isExplained(timeline, rollout, standing) ? null : 'but nothing was done to it that would need one';
}

function undoIsDone(timeline: Timeline, rollout: RolloutFact, { fromMs, toMs }: Standing): boolean {
  const baseline = baselineOf(timeline, rollout);
  if (baseline === null) return false;
  const candidate = otherSlot(baseline);
  const run = runsOf(timeline, rollout.service).findLast((one) => one.fromMs <= toMs);
  if (run === undefined || shareOfSlot(run.greenPercent, candidate) > 0) return false;
  const done = { fromMs: Math.max(run.fromMs, fromMs), toMs };
  // It may have been written, and not be readable.
  return toMs - done.fromMs > UNDONE_MS && covered(done, prolonged(timeline.faults, EXPLAINS_MS)) === 0;
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
