import type { ApprovalDemand } from '../../domain/stages/commands.js';
import type { ApprovalPlan, UnknownPolicy } from '../../domain/stages/plan.js';
import type { HealthPlan } from '../../domain/health/health-plan.js';
import type { RollbackPolicy } from '../../domain/stages/rollback-policy.js';
import type { Path } from '../reading/path.js';

/** A stage as written, in the domain's units. */
export interface StageDraft {
  readonly trafficPercent: number;
  /** `null` or absent: left out, as the last stage may. */
  readonly durationMs?: number | null | undefined;
  readonly advanceOnEvidence?: boolean | undefined;
  readonly minDurationMs?: number | undefined;
  readonly maxDurationMs?: number | undefined;
  readonly approval?: ApprovalPlan | undefined;
}

/** What may be said about the measurements of a check. */
export interface LimitsDraft {
  readonly failureLimit?: number | undefined;
  readonly inconclusiveLimit?: number | undefined;
  readonly consecutiveErrorLimit?: number | undefined;
  readonly consecutiveSuccessLimit?: number | undefined;
  readonly consecutiveFailureLimit?: number | undefined;
  readonly count?: number | undefined;
  readonly windowMs?: number | undefined;
}

/** A check as written: its bounds still have the unit that only its metric tells. */
export interface CheckDraft {
  /** Where it stands in what was written. */
  readonly path: Path;
  readonly metric?: string | undefined;
  readonly name?: string | undefined;
  readonly query?: string | undefined;
  readonly source?: string | undefined;
  readonly max?: unknown;
  readonly min?: unknown;
  readonly maxIncrease?: unknown;
  readonly minRequests?: number | undefined;
  readonly limits: LimitsDraft;
}

export interface HealthDraft {
  readonly endpoints: HealthPlan['endpoints'];
  readonly intervalMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly successThreshold?: number | undefined;
  readonly consecutiveFailures?: number | undefined;
}

/** A rollback policy as written, in the domain's units. */
export type RollbackPolicyDraft = { readonly [Key in keyof RollbackPolicy]?: RollbackPolicy[Key] | undefined };

/** A plan as written, on whichever surface: what a file and a program say comes together here. */
export interface PlanDraft {
  readonly service: string;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly stages?: readonly StageDraft[] | undefined;
  /** For every stage but the last that does not say otherwise, as the two below. */
  readonly advanceOnEvidence?: boolean | undefined;
  readonly minDurationMs?: number | undefined;
  readonly maxDurationMs?: number | undefined;
  readonly checks: readonly CheckDraft[];
  readonly rollbackPolicy?: RollbackPolicyDraft | undefined;
  readonly autoRollback?: boolean | undefined;
  readonly health?: HealthDraft | undefined;
  readonly rollbackWindowMs?: number | undefined;
  readonly monitoringIntervalMs?: number | undefined;
  readonly autoProgression?: boolean | undefined;
  readonly requireManualApproval?: ApprovalDemand | undefined;
  readonly holdAtEnd?: boolean | undefined;
  readonly onUnknown?: UnknownPolicy['action'] | undefined;
  readonly deadlineMs?: number | undefined;
  readonly onDrift?: 'hold' | 'abort' | undefined;
  readonly proof?: 'no-harm' | 'evidence' | undefined;
  readonly runbook?: string | undefined;
  readonly adopt?: string | undefined;
}

/** How one surface calls what the domain calls otherwise. */
export interface Surface {
  /** Keys by the domain's name: `durationMs` is `duration` in a file and `durationMinutes` in a program. */
  readonly names: Readonly<Record<string, string>>;
}

type Names = Surface['names'];

/** What the domain calls `Key` of a surface. */
type DomainName<Key, N extends Names> = { [Name in keyof N]: N[Name] extends Key ? Name : never }[keyof N];

/** What was written on a surface, by the domain's names. */
export function inDomain<Written extends object, N extends Names>(written: Written, names: N) {
  const nameOf = Object.fromEntries(Object.entries(names).map(([name, key]) => [key, name]));
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [nameOf[key] ?? key, value as unknown])) as {
    [Key in keyof Written as Key extends N[keyof N] ? DomainName<Key, N> : Key]: Written[Key];
  };
}

/** A person is waited for, for ever unless a time is written. */
export function approvalDraft({ timeoutMs = null, onTimeout = 'hold' }: Partial<WrittenApproval>): ApprovalPlan {
  return { timeoutMs, onTimeout };
}

type WrittenApproval = { readonly [Key in keyof ApprovalPlan]: ApprovalPlan[Key] | undefined };

/** What is no bound, and does not say where a value comes from, limits the measurements. */
export function checkDraft(
  path: Path,
  {
    metric,
    name,
    query,
    source,
    max,
    min,
    maxIncrease,
    minRequests,
    ...limits
  }: Omit<CheckDraft, 'path' | 'limits'> & LimitsDraft,
): CheckDraft {
  return { path, metric, name, query, source, max, min, maxIncrease, minRequests, limits };
}
