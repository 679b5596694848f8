import type { ApprovalDemand } from '../../domain/stages/commands.js';
import type { CanaryPlan } from '../../domain/canary/plan.js';
import { canaryOptionsSchema, type WrittenOptions } from './options-schema.js';
import { OPTIONS_SURFACE } from '../staged-traffic/options.js';
import { readPlanAs, type Form } from '../staged-traffic/read.js';
import { DEFAULT_PLAN, type PlanDefaults } from '../defaults.js';
import { refusal } from '../reading/refusal.js';
import type { GuardOptions } from '../staged-traffic/guard-options.js';
import { withoutUndefined } from '../without-undefined.js';
import { approvalDraft, inDomain, type PlanDraft } from '../staged-traffic/draft.js';
import { guardsOfOptions, OPTION_NAMES } from '../staged-traffic/options.js';

/** A traffic share held for a time. */
export interface CanaryStageOptions {
  /** The candidate's share, a fraction in (0, 1]. Rises from stage to stage; the last is 1. */
  readonly traffic: number;
  /** How long the stage lasts. On the last stage `null`, or nothing, is the rollback window. */
  readonly durationMinutes?: number | null;
  /** It ends before its time as soon as every check has proof of health. @default as the plan says */
  readonly advanceOnEvidence?: boolean;
  /** How soon it may end on proof. @default as soon as there is proof */
  readonly minDurationMinutes?: number;
  /** How long it may last while its verdict is unknown; then `onUnknown` says what follows. */
  readonly maxDurationMinutes?: number;
  /** A person is asked at the end of the stage, after its verdict. */
  readonly approval?: {
    /** @default null, waits for ever */
    readonly timeoutMinutes?: number | null;
    /** What silence means. @default 'hold' */
    readonly onTimeout?: 'abort' | 'hold';
  };
}

/** A canary as a program writes it. */
export interface CanaryOptions extends GuardOptions {
  /** A name for people. */
  readonly name: string;
  /** As the worker's headgate.yaml names it. Optional where a service is configured once. */
  readonly service?: string;
  readonly version?: string;
  /** @default 5, 25, 50 and 100 % */
  readonly stages?: readonly CanaryStageOptions[];
  /** Every stage but the last may end early, on proof of health. @default false */
  readonly advanceOnEvidence?: boolean;
  /** For every stage but the last that does not say otherwise. */
  readonly minDurationMinutes?: number;
  /** For every stage but the last that does not say otherwise. */
  readonly maxDurationMinutes?: number;
  /** How long the last stage is guarded, the old backend warm. @default 10 */
  readonly rollbackWindowMinutes?: number;
  /** `false`: every stage waits for a promotion. @default true */
  readonly autoProgression?: boolean;
  /** `true`: before the final stage. @default false */
  readonly requireManualApproval?: ApprovalDemand;
  /** The stages stop short of 1 on purpose: wait there for a person. @default false */
  readonly holdAtEnd?: boolean;
  /** What lets a stage pass: no evidence of harm, or evidence of health. @default 'no-harm' */
  readonly proof?: 'no-harm' | 'evidence';
}

const OPTIONS_FORM: Form<WrittenOptions> = {
  schema: canaryOptionsSchema,
  draftOf: draftOfOptions,
  surface: OPTIONS_SURFACE,
  complete: (plan) => plan,
  standIns: { name: 'name', service: 'service' },
};

/**
 * The plan that a program's options mean: the same as a file's that says the same.
 *
 * @throws InvalidSpecError with every problem at once.
 */
export function canaryPlanFromOptions(options: CanaryOptions, defaults: PlanDefaults = DEFAULT_PLAN): CanaryPlan {
  const { plan, flaws } = readPlanAs(withoutUndefined(options), OPTIONS_FORM, defaults);
  if (plan === undefined) throw refusal('The canary', flaws);
  return plan;
}

function draftOfOptions(written: WrittenOptions): PlanDraft {
  const { stages, successCriteria, rollbackPolicy, health, ...options } = written;
  return {
    ...inDomain(options, OPTION_NAMES),
    ...guardsOfOptions({ successCriteria, rollbackPolicy, health }),
    stages: stages?.map(({ approval, ...stage }) => ({
      ...inDomain(stage, OPTION_NAMES),
      approval: approval && approvalDraft(inDomain(approval, OPTION_NAMES)),
    })),
  };
}
