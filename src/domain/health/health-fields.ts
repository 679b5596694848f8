import { flag, isObject, list, mapped, number, object, optional, text, type Fields } from '../reading/combinators.js';
import { wrongKind } from '../reading/problems.js';
import { UNREADABLE, type Reader } from '../reading/reader.js';
import { LONGEST, MOST } from '../rollout/bounds.js';
import { wholeMs } from '../time-rules.js';
import type { EndpointCheck, HealthEndpoint, HealthPlan, JsonExpectation } from './health-plan.js';

const amount = optional(number());
const time = mapped(number(), wholeMs);
const path = text({ max: LONGEST.address });
const expectation = text({ max: LONGEST.name, cuts: false });

/** A text, a number, `true`, `false` or `null`: what can be compared without looking inside. */
const plainValue: Reader<JsonExpectation['equals']> = (given, at, notes) => {
  if (given === null || typeof given === 'boolean') return given;
  if (typeof given === 'string') return expectation(given, at, notes);
  if (typeof given === 'number' && Number.isFinite(given)) return given;
  notes.problem(wrongKind(at, 'a text, a number, true, false or null', given));
  return UNREADABLE;
};

const check = object<EndpointCheck>({
  path,
  status: amount,
  contains: optional(expectation),
  json: optional(object<JsonExpectation>({ pointer: expectation, equals: plainValue })),
  maxLatencyMs: optional(time),
  successThreshold: amount,
});

const endpoint: Reader<HealthEndpoint> = (given, at, notes) => (isObject(given) ? check : path)(given, at, notes);

const yes: Reader<true | undefined> = mapped(flag, (value) => (value ? true : undefined));

const FIELDS: Fields<HealthPlan> = {
  endpoints: list(endpoint, { max: MOST.endpoints, of: 'endpoints' }),
  intervalMs: time,
  timeoutMs: time,
  successThreshold: number(),
  consecutiveFailures: amount,
  windowProbes: amount,
  knownFromProbes: amount,
  ofBaseline: optional(yes),
};

/** How a plan's `health` is read, of whatever kind the plan is. Whether its values make sense is told by the rules. */
export const healthPlan = object<HealthPlan>(FIELDS);

/** The same where a part of it may be left to the service. */
export const partialHealthPlan = object<Partial<HealthPlan>>({
  ...FIELDS,
  endpoints: optional(FIELDS.endpoints),
  intervalMs: optional(time),
  timeoutMs: optional(time),
  successThreshold: amount,
});
