import type { Problem } from '../errors.js';
import { isObject, mapped, number, object, oneOf, optional, type Rule } from '../reading/combinators.js';
import { wrongKind } from '../reading/problems.js';
import { UNREADABLE, type Reader } from '../reading/reader.js';
import { MOST_WINDOW_PROBES } from '../health/defaults.js';
import type { Probing } from '../health/health-plan.js';
import { LONGEST } from '../rollout/bounds.js';
import { PLAN_FIELDS, readApproval } from '../staged-traffic/plan-fields.js';
import { PLAN_RULES } from '../staged-traffic/plan-rules.js';
import { LONGEST_INTERVAL_MS, wholeMs } from '../time-rules.js';
import type { BlueGreenPlan, EnvironmentConfig } from './plan.js';

/** The two environments of a service. */
const ENVIRONMENTS = 2;

const readEnvironments: Reader<BlueGreenPlan['environments']> = (given, path, notes) => {
  const named = isObject(given) ? Object.entries(given) : [];
  const isRight =
    named.length <= ENVIRONMENTS && named.every(([name, config]) => name.length <= LONGEST.slot && isObject(config));
  if (isObject(given) && isRight) return given as Readonly<Record<string, EnvironmentConfig>>;
  notes.problem(wrongKind(path, 'an object for each of at most two environments, by name', given));
  return UNREADABLE;
};

const readProbing = object<Probing>({
  intervalMs: optional(mapped(number({ min: 1, max: LONGEST_INTERVAL_MS }), wholeMs)),
  timeoutMs: optional(mapped(number({ min: 1, max: LONGEST_INTERVAL_MS }), wholeMs)),
  successThreshold: optional(number({ min: 0, max: 1 })),
  consecutiveFailures: optional(number({ min: 1, integer: true })),
  windowProbes: optional(number({ min: 1, max: MOST_WINDOW_PROBES, integer: true })),
});

const RULES: readonly Rule<BlueGreenPlan>[] = [
  ...PLAN_RULES,
  { about: ['stages'], problems: problemsOfSwitch },
  { about: ['begin', 'switchWhen'], problems: problemsOfBegin },
];

/** Reads a plan that may be anything, with every rule: what it yields without a problem may start. */
export const readBlueGreenPlan = object<BlueGreenPlan>(
  {
    ...PLAN_FIELDS,
    begin: optional(readApproval),
    environments: readEnvironments,
    probing: optional(readProbing),
    switchWhen: oneOf(['command', 'healthy']),
  },
  { rules: RULES },
);

function problemsOfSwitch({ stages }: Pick<BlueGreenPlan, 'stages'>): Problem[] {
  if (stages.length === 1) return [];
  return [
    {
      rule: 'switch.stages',
      path: 'stages',
      message: 'A switch moves all the traffic at once',
      expected: 'one stage of 100 %',
      got: String(stages.length),
      remedy: 'For growing shares, start a canary',
    },
  ];
}

function problemsOfBegin({ begin, switchWhen }: Pick<BlueGreenPlan, 'begin' | 'switchWhen'>): Problem[] {
  if (begin === undefined || switchWhen === 'command') return [];
  return [
    {
      rule: 'switch.approval',
      path: 'begin',
      message: 'Nobody is asked for a switch that is made by itself',
      expected: 'switchWhen: command, or no approval',
      got: switchWhen,
      remedy: 'Leave one of them out',
    },
  ];
}
