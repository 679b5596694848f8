import { PURPOSE_OF } from '../hooks/moments.js';
import { isoOrNull, isoTime } from '../iso-time.js';
import { isObject } from '../reading/combinators.js';
import { alarmCauses, alarmWords } from './alarms.js';
import type { LogLine } from './log-line.js';
import { heldWords, holdsOf } from './holds.js';
import type { Life } from './life.js';
import { pausedWords } from './pause.js';
import type { Phase } from './phase.js';
import { SHOWN_LINES } from './record.js';
import { parseRolloutId } from './rollout-id.js';
import type { StatusBase, StatusEvent, StatusProblem } from './status.js';
import { failedChecks, type Stop } from './stop.js';

/** What a kind says of its rollout. */
export interface KindStatus {
  readonly name?: string | undefined;
  readonly phase: Phase;
  readonly moved: boolean;
  /** Why it stands where it stands, where neither a stop nor a pause nor a hold is why. */
  readonly reason: string;
  /** It waits for a person, for that reason, although nothing is wrong. */
  readonly asks?: boolean;
}

/** A rollout's life as people see it. */
export function statusBaseOf(state: Life, own: KindStatus, nowMs: number): Omit<StatusBase, 'takes'> {
  const { id, request, stop, pause, outcome, endedAtMs, log } = state;
  const { service } = parseRolloutId(id);
  const alarms = outcome === null ? alarmCauses(state.alarms) : [];
  const problems = problemsOf(stop);
  return {
    id,
    name: own.name ?? service,
    service,
    version: null,
    phase: own.phase,
    outcome,
    moved: own.moved,
    stop: stop === null ? null : stopOf(stop),
    isComplete: outcome !== null,
    startedAt: isoTime(request.atMs),
    endedAt: isoOrNull(endedAtMs),
    resumesAt: isoOrNull(pause?.untilMs ?? null),
    reason: reasonOf(state, own.reason),
    needsHuman: needsHuman(state, own),
    ...(alarms.length === 0 ? {} : { alarms }),
    ...(problems.length === 0 ? {} : { problems }),
    warnings: [],
    history: log.lines.slice(-SHOWN_LINES).map(eventOf),
    requestedBy: request.by,
    requestId: request.id,
    worker: 'answering',
    asOf: isoTime(nowMs),
  };
}

/** Why it stands where it stands, in one sentence; `otherwise` is what its kind says. */
function reasonOf(state: Life, otherwise: string): string {
  if (state.stop !== null) return state.stop.reason;
  if (state.outcome !== null) return otherwise;
  if (state.pause !== null)
    return pausedWords(state.pause) + (state.hold === null ? '' : `; held: ${heldWords(state)}`);
  if (state.hold !== null) return heldWords(state);
  const gate = state.hooks?.open.find((moment) => PURPOSE_OF[moment] === 'gate');
  return gate === undefined ? otherwise : `waiting for the answer of the hook ${gate}`;
}

function needsHuman(state: Life, { reason, asks = false }: KindStatus): string | null {
  if (state.outcome !== null) return null;
  if (state.stop !== null) return alarmWords(state.alarms);
  const held = holdsOf(state).some((hold) => hold.needsHuman) ? [heldWords(state)] : [];
  const alarm = alarmWords(state.alarms);
  const wanted = [...(alarm === null ? [] : [alarm]), ...held];
  if (wanted.length > 0) return wanted.join('; and ');
  return asks && state.pause === null ? reasonOf(state, reason) : null;
}

function stopOf(stop: Stop): StatusBase['stop'] {
  const { cause, atMs, undoneAtMs } = stop;
  const checks = failedChecks(stop);
  return {
    cause,
    at: isoTime(atMs),
    ...(undoneAtMs === undefined ? {} : { undoneAt: isoTime(undoneAtMs) }),
    ...(checks.length === 0 ? {} : { checks }),
  };
}

/** Evidence comes from activities: only what has the shape of problems is shown as such. */
function problemsOf(stop: Stop | null): readonly StatusProblem[] {
  if (stop?.cause !== 'preflight' || !Array.isArray(stop.evidence)) return [];
  return stop.evidence.filter(
    (one): one is StatusProblem =>
      isObject(one) && ['subject', 'message', 'expected', 'remedy'].every((key) => typeof one[key] === 'string'),
  );
}

function eventOf({ atMs, what, by }: LogLine): StatusEvent {
  return { at: isoTime(atMs), what, ...(by === undefined ? {} : { by }) };
}
