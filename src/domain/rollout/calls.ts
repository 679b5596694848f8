import { alarmCauses } from './alarms.js';
import { holdsOf } from './holds.js';
import type { Life } from './life.js';
import type { StatusBase } from './status.js';

/** What a person is called for. */
export interface Call {
  /** The same for as long as it lasts, and of nothing else. */
  readonly cause: string;
  /** One sentence. */
  readonly why: string;
}

/** Everything that a person is called for now, one by one. */
export function callsOf(state: Life, { needsHuman, phase }: Pick<StatusBase, 'needsHuman' | 'phase'>): readonly Call[] {
  if (needsHuman === null) return [];
  const alarms = alarmCauses(state.alarms).map((cause) => ({
    cause: `alarm/${cause}`,
    why: state.alarms[cause] ?? cause,
  }));
  const holds = holdsOf(state)
    .filter((hold) => hold.needsHuman)
    .map(({ kind, reason, sinceMs }) => ({ cause: `held/${kind}/${String(sinceMs)}`, why: reason }));
  const asked = phase === 'awaitingApproval' ? [{ cause: `approval/${needsHuman}`, why: needsHuman }] : [];
  return [...alarms, ...holds, ...asked];
}
