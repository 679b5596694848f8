import { clockOf, faultsOf } from '../timeline/ask.js';
import { overlaps } from '../timeline/spans.js';
import type { FaultSpan, RolloutFact, Timeline } from '../timeline/timeline.js';
import type { Violation } from './violation.js';

const INVARIANT = 'a drift is told only where somebody moved traffic';

const DRIFT = /someone else|changed the weights|drift/i;

/** What Headgate itself wrote, whichever of its processes and whenever it arrived, is never somebody else's. */
export function driftHasACause(timeline: Timeline): readonly Violation[] {
  return timeline.rollouts.flatMap((rollout) => {
    const { service, firstRunId, startedMs, closed } = rollout;
    const told = toldDrift(timeline, rollout);
    if (told === null) return [];
    const life = { fromMs: startedMs, toMs: closed?.atMs ?? timeline.toMs };
    const isMoved = timeline.moves.some((move) => move.service === service && move.fromMs < life.toMs);
    const isLiedTo = faultsOf(timeline, 'disturb').some((one) => lies(one) && overlaps(one, life));
    if (isMoved || isLiedTo) return [];
    const message = `${service}@${firstRunId} says at ${clockOf(timeline, told.atMs)}: "${told.words}"; but nobody had moved it`;
    return [{ invariant: INVARIANT, service, atMs: told.atMs, sinceMs: startedMs, message }];
  });
}

function toldDrift({ looks }: Timeline, { firstRunId, closed }: RolloutFact) {
  const look = looks.find((one) => one.firstRunId === firstRunId && DRIFT.test(one.reason ?? ''));
  if (look !== undefined) return { atMs: look.atMs, words: look.reason };
  // A preflight that finds traffic split says so in other words.
  return closed?.moved === true && DRIFT.test(closed.reason) ? { atMs: closed.atMs, words: closed.reason } : null;
}

function lies({ fault }: FaultSpan): boolean {
  return fault.do === 'disturb' && fault.what === 'router' && fault.how.kind === 'lying';
}
