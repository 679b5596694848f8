import { LONGEST_INTERVAL_MS, RETRY_MS, UNDO_FAILS_MS, UNGUARDED_MS } from '../promises.js';
import { baselineOf, clockOf, looksUnlike, otherSlot, runsOf, shareOfSlot, startOf } from '../timeline/ask.js';
import { awaySpans, hinderedSpans } from '../timeline/away.js';
import { workingMs } from '../timeline/lag.js';
import { standings, type Standing } from '../timeline/standing.js';
import type { MoveFact, RolloutFact, Timeline } from '../timeline/timeline.js';
import { firstLateHarm } from './harm.js';
import type { Violation } from './violation.js';

const INVARIANT = 'a person is called when one is needed';

/** Until a drift, or a harm that nobody may undo, is seen and told. */
const TOLD_MS = LONGEST_INTERVAL_MS + RETRY_MS + 2500;

/** A stage that nobody guards, an undo that fails, weights that somebody else moved, and a harm that is only held. */
export function calledWhenNeeded(timeline: Timeline): readonly Violation[] {
  return [
    ...unguarded(timeline),
    ...failingUndos(timeline),
    ...timeline.moves.flatMap((move) => drifts(timeline, move)),
    ...timeline.rollouts.flatMap((rollout) => heldHarm(timeline, rollout)),
  ];
}

function unguarded(timeline: Timeline): readonly Violation[] {
  const same = standings(timeline, ({ guardPid, needsHuman, phase }) =>
    [guardPid === null, needsHuman, phase === 'progressing' || phase === 'promoting'].join('/'),
  );
  return same.flatMap((standing) => {
    const { look, fromMs } = standing;
    const isGuarded = look.guardPid !== null || look.percent === 0;
    if (isGuarded || look.needsHuman || !['progressing', 'promoting'].includes(look.phase)) return [];
    const aloneMs = workingMs(timeline, standing, awaySpans(timeline));
    if (aloneMs <= UNGUARDED_MS) return [];
    const forSeconds = String(Math.round(aloneMs / 1000));
    return [
      tell(standing, `has a stage that no process guards since ${clockOf(timeline, fromMs)}, for ${forSeconds} s`),
    ];
  });
}

function failingUndos(timeline: Timeline): readonly Violation[] {
  const same = standings(timeline, ({ phase, needsHuman }) => [phase === 'rollingBack', needsHuman].join('/'));
  return same.flatMap((standing) => {
    const { look, service, firstRunId, fromMs, toMs } = standing;
    if (look.phase !== 'rollingBack' || look.needsHuman) return [];
    const rollout = timeline.rollouts.find((one) => one.firstRunId === firstRunId);
    const baseline = rollout === undefined ? null : baselineOf(timeline, rollout);
    if (baseline === null) return [];
    const left = runsOf(timeline, service)
      .filter((run) => shareOfSlot(run.greenPercent, otherSlot(baseline)) > 0)
      .map((run) => ({ fromMs: Math.max(run.fromMs, fromMs), toMs: Math.min(run.toMs, toMs) }))
      .find((span) => workingMs(timeline, span, awaySpans(timeline)) > UNDO_FAILS_MS);
    if (left === undefined) return [];
    return [
      tell(
        standing,
        `rolls back since ${clockOf(timeline, left.fromMs)}, and its candidate still has traffic at ${clockOf(timeline, left.toMs)}`,
      ),
    ];
  });
}

/** Where the share that somebody set stays, and is another one than the stage's. */
function drifts(timeline: Timeline, { service, toMs, greenPercent }: MoveFact): readonly Violation[] {
  const rollout = timeline.rollouts.find(
    (one) => one.service === service && one.startedMs < toMs && (one.closed?.atMs ?? timeline.toMs) > toMs,
  );
  const baseline = rollout === undefined ? null : baselineOf(timeline, rollout);
  if (rollout === undefined || baseline === null) return [];
  const percent = shareOfSlot(greenPercent, otherSlot(baseline));
  const [next] = looksUnlike(timeline, service, { fromMs: toMs, toMs: timeline.toMs }, greenPercent);
  const span = { fromMs: toMs, toMs: Math.min(next?.fromMs ?? timeline.toMs, rollout.closed?.atMs ?? timeline.toMs) };
  const looks = timeline.looks.filter(
    (look) => look.firstRunId === rollout.firstRunId && look.atMs >= span.fromMs && look.atMs <= span.toMs,
  );
  const [first] = looks;
  const isAsWanted = looks.some((look) => look.percent === percent || look.stage === 0);
  if (first === undefined || isAsWanted || looks.some(isTold)) return [];
  if (workingMs(timeline, span, hinderedSpans(timeline)) <= TOLD_MS) return [];
  const standing = { ...first, fromMs: span.fromMs, toMs: span.toMs };
  return [
    tell(
      standing,
      `stands elsewhere than somebody set at ${clockOf(timeline, toMs)} (green ${String(greenPercent)} %), and says nothing`,
    ),
  ];
}

function isTold({ needsHuman, phase }: Timeline['looks'][number]): boolean {
  return needsHuman || phase === 'rollingBack' || phase === 'held';
}

function heldHarm(timeline: Timeline, rollout: RolloutFact): readonly Violation[] {
  if (startOf(timeline, rollout)?.plan?.autoRollback !== false) return [];
  const harm = firstLateHarm(timeline, rollout);
  if (harm === null || workingMs(timeline, harm.span, awaySpans(timeline)) <= harm.promisedMs + TOLD_MS) return [];
  const { service, firstRunId } = rollout;
  const looks = timeline.looks.filter(
    ({ firstRunId: its, atMs }) => its === firstRunId && atMs >= harm.span.fromMs && atMs <= harm.span.toMs + TOLD_MS,
  );
  if (looks.length === 0 || looks.some(isTold)) return [];
  const said = `has a candidate that fails since ${clockOf(timeline, harm.bad.fromMs)} and must not be rolled back, and says nothing`;
  return [tell({ service, firstRunId, fromMs: harm.span.fromMs, toMs: harm.span.toMs }, said)];
}

function tell(standing: Omit<Standing, 'look'>, what: string): Violation {
  const { service, firstRunId, fromMs, toMs } = standing;
  const message = `${service}@${firstRunId} ${what}; nobody is called`;
  return { invariant: INVARIANT, service, atMs: toMs, sinceMs: fromMs, message };
}
