import { MOST_STAGES } from './bounds.js';
import type { Problem } from '../errors.js';
import { isObject, list, mapped, number, nullable, object, optional } from '../reading/combinators.js';
import { problemSentence, wrongKind } from '../reading/problems.js';
import { read, UNREADABLE, type Reader } from '../reading/reader.js';
import { COMMON_FIELDS, PAUSE_FIELDS, typed, typedFlag, typedNumber } from '../rollout/read-command.js';
import type {
  ApprovalDemand,
  Commands,
  ConfigureCommand,
  ModifiedConfig,
  PolicyChange,
  PromoteCommand,
  ResumeCommand,
  StageCommand,
  Verb,
} from './commands.js';
import type { RollbackPolicy } from './rollback-policy.js';

/** What only one verb carries. */
type Own<C extends StageCommand> = Omit<C, keyof StageCommand>;

const demand: Reader<ApprovalDemand> = (given, path, notes) => {
  if (given === 'every-stage') return given;
  if (typeof given === 'boolean' || given === 'true' || given === 'false') return typedFlag(given, path, notes);
  if (Array.isArray(given))
    return list(number({ integer: true }), { max: MOST_STAGES, of: 'stages' })(given, path, notes);
  notes.problem(wrongKind(path, 'true, false, "every-stage" or a list of stage numbers', given));
  return UNREADABLE;
};

/** Names on the wire: people tell a window in seconds, as every time in a message. */
interface TypedPolicy extends RollbackPolicy {
  readonly evaluationWindow?: number;
}

const bound = optional(typedNumber);

const policy = object<TypedPolicy>(
  {
    errorRateThreshold: bound,
    latencyIncrease: bound,
    successRateMinimum: bound,
    evaluationWindow: bound,
    evaluationWindowMs: bound,
    consecutiveFailures: bound,
  },
  { exact: true, expected: 'an object, or null for none' },
);

const inMilliseconds = ({ evaluationWindow: seconds, ...rest }: TypedPolicy): RollbackPolicy =>
  seconds === undefined ? rest : { ...rest, evaluationWindowMs: seconds * 1000 };

const nothing = object({});

const { rolloutId, ...others } = COMMON_FIELDS;

const readCommon = object<StageCommand>({ rolloutId, stage: typed(typedNumber), ...others });

const OWN: { readonly [V in Verb]: Reader<Omit<Own<Commands[V]>, 'unreadable'>> } = {
  approve: nothing,
  reject: nothing,
  abort: nothing,
  emergencyStop: nothing,
  finish: nothing,
  pause: object<Own<Commands['pause']>>(PAUSE_FIELDS),
  promote: object<Own<PromoteCommand>>({ full: typed(typedFlag) }),
  resume: object<Own<ResumeCommand>>({
    modifiedConfig: typed(
      object<ModifiedConfig>({ traffic: typed(typedNumber), monitoringInterval: typed(typedNumber) }),
    ),
  }),
  configure: object<Own<ConfigureCommand>>({
    autoProgression: typed(typedFlag),
    monitoringInterval: typed(typedNumber),
    requireManualApproval: typed(demand),
  }),
  setRollbackPolicy: object<Omit<PolicyChange, 'unreadable'>>({
    policy: optional(nullable(mapped(policy, inMilliseconds))),
    autoRollback: optional(typedFlag),
  }),
};

/**
 * Reads what a person typed, field by field: one that makes no sense is left out, and a text that is too long is cut,
 * because an abort with a mistyped reason must still abort. Numbers may come as text.
 *
 * A policy is not weakened by what cannot be read in it: all of that is told in `unreadable`.
 */
export function readCommand<V extends Verb>(verb: V, input: unknown): Commands[V] {
  const fields = isObject(input) ? input : {};
  const own = read(OWN[verb], fields);
  const unreadable = verb === 'setRollbackPolicy' ? own.problems.map(problemSentence) : [];
  return {
    ...read(readCommon, fields).value,
    ...own.value,
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}

/** Everything that could not be read as it was typed, or is longer than it may be. */
export function problemsOfCommand(verb: Verb, input: unknown): readonly Problem[] {
  if (input === undefined || input === null) return [];
  if (!isObject(input)) return [wrongKind('input', 'an object', input)];
  return [...read(readCommon, input).problems, ...read(OWN[verb], input).problems];
}
