import { isObject, object, text } from '../reading/combinators.js';
import { read } from '../reading/reader.js';
import { problemSentence } from '../reading/problems.js';
import { LONGEST } from '../rollout/bounds.js';
import { typed, typedFlag } from '../rollout/read-command.js';
import type { Refusal } from '../rollout/refusal.js';
import { readCommand as readStageCommand } from '../stages/read-command.js';
import { refusalOfInput as refusalOfStageInput } from '../stages/refusal.js';
import { BLUE_GREEN_VERBS, type BlueGreenCommands, type BlueGreenVerb, type SwitchCommand } from './commands.js';

const readSwitch = object<Pick<SwitchCommand, 'to' | 'validateHealth'>>({
  to: typed(text({ max: LONGEST.slot, cuts: false })),
  validateHealth: typed(typedFlag),
});

/** Reads what a person typed, field by field: one that makes no sense is left out. */
export function readCommand<V extends BlueGreenVerb>(verb: V, input: unknown): BlueGreenCommands[V] {
  if (verb !== 'switch') return readStageCommand(verb, input);
  // What every command carries is read as for any other.
  return { ...readStageCommand('approve', input), ...read(readSwitch, isObject(input) ? input : {}).value };
}

/** Why a command cannot be taken as it was typed, wherever the rollout stands. */
export function refusalOfInput(verb: BlueGreenVerb, input: unknown): Refusal<string> | null {
  if (verb !== 'switch') return refusalOfStageInput(verb, input);
  const refusal = refusalOfStageInput('approve', input);
  if (refusal !== null || !isObject(input)) return refusal;
  const problems = read(readSwitch, input).problems.map(problemSentence);
  return problems.length === 0 ? null : { code: 'INVALID_COMMAND', message: problems.join('; ') };
}

/** Handlers are registered under these names only. */
export function verbNamed(name: string): BlueGreenVerb {
  if (Object.hasOwn(BLUE_GREEN_VERBS, name)) return name as BlueGreenVerb;
  throw new Error(`nobody knows the verb ${name}`);
}
