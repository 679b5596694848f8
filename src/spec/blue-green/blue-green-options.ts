import type { BlueGreenPlan, EnvironmentConfig } from '../../domain/blue-green/plan.js';
import { definedOnly } from '../defined-only.js';
import { DEFAULT_PLAN, type PlanDefaults } from '../defaults.js';
import { refusal } from '../reading/refusal.js';
import type { GuardOptions } from '../staged-traffic/guard-options.js';
import { approvalDraft, inDomain } from '../staged-traffic/draft.js';
import { guardsOfOptions, OPTION_NAMES, OPTIONS_SURFACE } from '../staged-traffic/options.js';
import { readPlanAs } from '../staged-traffic/read.js';
import { withoutUndefined } from '../without-undefined.js';
import { blueGreenOptionsSchema, type WrittenBlueGreen } from './options-schema.js';
import { defaultsOfSwitch, draftOfSwitch, planOfSwitch, type SwitchDraft } from './plan-of.js';

/** A blue-green rollout as a program writes it. */
export interface BlueGreenOptions extends GuardOptions {
  /** A name for people. @default the service's */
  readonly name?: string;
  /** As the worker's headgate.yaml names it. Optional where a service is configured once. */
  readonly service?: string;
  readonly version?: string;
  /** What the `prepare` hook is given when `blue` is the idle environment: plain data without secrets. */
  readonly blueConfig?: EnvironmentConfig;
  /** The same of `green`. */
  readonly greenConfig?: EnvironmentConfig;
  /** How often both environments are probed, seconds. @default 30 */
  readonly healthCheckInterval?: number;
  /** The share of probes that must succeed, 0–1: below it traffic goes back. @default 0.95 */
  readonly rollbackThreshold?: number;
  /** `healthy`: switched by itself as soon as the idle environment is known to be well. @default 'manual' */
  readonly switchWhen?: 'manual' | 'healthy';
  /** How long the switch is waited for, and what silence means. @default for ever */
  readonly approval?: {
    /** @default null, waits for ever */
    readonly timeoutMinutes?: number | null;
    /** @default 'hold' */
    readonly onTimeout?: 'abort' | 'hold';
  };
  /** How long the old environment stays up after a switch. @default 60 */
  readonly rollbackWindowMinutes?: number;
}

/**
 * The plan that a program's options mean.
 *
 * @throws InvalidSpecError with every problem at once.
 */
export function blueGreenPlanFromOptions(options: BlueGreenOptions, given: PlanDefaults = DEFAULT_PLAN): BlueGreenPlan {
  const defaults = defaultsOfSwitch(given);
  const { plan, flaws } = readPlanAs(
    withoutUndefined(options),
    {
      schema: blueGreenOptionsSchema,
      draftOf: (written) => draftOfSwitch(draftOf(written), defaults),
      surface: OPTIONS_SURFACE,
      standIns: { service: 'service' },
      complete: (plain, written) => planOfSwitch(plain, switchOf(written)),
      flawsOf: ({ switchWhen, approval }) => (switchWhen === 'healthy' && approval !== undefined ? [BOTH] : []),
    },
    defaults,
  );
  if (plan === undefined) throw refusal('The blue-green rollout', flaws);
  return plan;
}

const BOTH = {
  rule: 'switch.approval',
  path: ['approval'],
  message: 'Nobody is asked for a switch that is made by itself',
  expected: "switchWhen: 'manual', or no approval",
  got: "switchWhen: 'healthy'",
  remedy: 'Leave one of them out',
};

function draftOf(written: WrittenBlueGreen) {
  const { successCriteria, rollbackPolicy, health, service, name, version, ...rest } = written;
  const { autoRollback, monitoringInterval, onUnknown, deadlineMinutes, onDrift, runbook, adopt } = rest;
  const { rollbackWindowMinutes } = rest;
  const plain = { autoRollback, monitoringInterval, onUnknown, deadlineMinutes, onDrift, runbook, adopt };
  return {
    service,
    name,
    version,
    ...inDomain({ ...plain, rollbackWindowMinutes }, OPTION_NAMES),
    ...guardsOfOptions({ successCriteria, rollbackPolicy, health }),
  };
}

function switchOf(written: WrittenBlueGreen): SwitchDraft {
  const { blueConfig, greenConfig, switchWhen = 'manual', approval } = written;
  const { healthCheckInterval, rollbackThreshold } = written;
  const probing = definedOnly({ intervalMs: healthCheckInterval, successThreshold: rollbackThreshold });
  return {
    blue: blueConfig,
    green: greenConfig,
    switchWhen: switchWhen === 'manual' ? 'command' : switchWhen,
    begin: approval && approvalDraft(inDomain(approval, OPTION_NAMES)),
    probing: Object.keys(probing).length === 0 ? undefined : probing,
  };
}
