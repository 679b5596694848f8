import type { Outcome } from './phase.js';

/** Why a rollout is stopped, strongest first: when several arrive together the first in this list counts. */
export const STOP_CAUSES = [
  'fault',
  'emergencyStop',
  'abort',
  'breach',
  'judgement',
  'preflight',
  'drift',
  'approvalTimeout',
  'unknownDeadline',
] as const;

export type StopCause = (typeof STOP_CAUSES)[number];

/** How a rollout that was stopped has ended. */
export const OUTCOME_OF: Readonly<Record<StopCause, Outcome>> = {
  fault: 'aborted',
  emergencyStop: 'aborted',
  abort: 'aborted',
  breach: 'rolledBack',
  judgement: 'rolledBack',
  preflight: 'aborted',
  drift: 'aborted',
  approvalTimeout: 'aborted',
  unknownDeadline: 'aborted',
};

/** A reason to stop and undo. */
export interface Stop {
  readonly cause: StopCause;
  readonly reason: string;
  readonly atMs: number;
  /** Numbers behind the reason. */
  readonly evidence?: unknown;
  /** When its guard had undone it by itself, before anybody was told. Absent: it had not. */
  readonly undoneAtMs?: number;
  /** The id of the command that stopped it: one that stops many has the same for all. Absent: it had none. */
  readonly commandId?: string;
}

/**
 * The names of the checks that failed: all that a breach names, and the failed ones of a judgement. Evidence comes from
 * activities: what has another shape names none.
 */
export function failedChecks({ evidence }: Pick<Stop, 'evidence'>): readonly string[] {
  const { checks } = fieldsOf(evidence);
  const failed = Array.isArray(checks) ? checks.map(fieldsOf) : judgedIn(evidence);
  return failed.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
}

function judgedIn(evidence: unknown): readonly Fields[] {
  return Array.isArray(evidence) ? evidence.map(fieldsOf).filter(({ verdict }) => verdict === 'failed') : [];
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
