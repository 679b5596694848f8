import { commonRefusal } from '../rollout/common-refusal.js';
import { refusalWhilePaused } from '../rollout/pause.js';
import type { Refusal as CommonRefusal } from '../rollout/refusal.js';
import { refusalOf as refusalOfStages, staleStage } from '../stages/refusal.js';
import { activeOf, type BlueGreenState } from './state.js';
import type { BlueGreenCommands, BlueGreenVerb, SwitchCommand } from './commands.js';

type Refusal = CommonRefusal<string>;

/** `null` when the rollout takes the command now. */
export function refusalOf<V extends BlueGreenVerb>(
  state: BlueGreenState,
  verb: V,
  command: BlueGreenCommands[V],
): Refusal | null {
  if (verb !== 'switch' && !asksToSwitch(state, verb)) return refusalOfStages(state, verb, command);
  return commonRefusal(state, verb, command) ?? staleStage(state, command) ?? refusalOfSwitch(state, command);
}

/** Whether a verb that says to go on means the switch, because that is what comes next. */
export function asksToSwitch({ step }: Pick<BlueGreenState, 'step'>, verb: string): boolean {
  return verb === 'switch' || (step === 'waiting' && (verb === 'approve' || verb === 'promote'));
}

/** The verbs that a rollout takes as it stands. */
export function verbsTaken(state: BlueGreenState, verbs: readonly BlueGreenVerb[]): BlueGreenVerb[] {
  const some = { autoRollback: true, autoProgression: true };
  return verbs.filter((verb) => refusalOf(state, verb, some) === null);
}

/** The environment that a switch means. */
export function targetOf(state: BlueGreenState, { to }: Pick<SwitchCommand, 'to'>): string | null {
  const { roles } = state;
  if (roles === null) return null;
  return to ?? (activeOf(state) === roles.candidate ? roles.baseline : roles.candidate);
}

/** To be told that what is wanted is so already is no refusal. */
function refusalOfSwitch(state: BlueGreenState, command: SwitchCommand): Refusal | null {
  const { roles, wish } = state;
  if (roles === null) return { code: 'NOT_STARTED', message: 'the service is still looked at' };
  const target = targetOf(state, command) ?? '';
  if (target !== roles.baseline && target !== roles.candidate)
    return {
      code: 'INVALID_COMMAND',
      message: `there is no environment "${target}", only ${roles.baseline} and ${roles.candidate}`,
    };
  const paused = refusalWhilePaused(state);
  if (paused !== null) return paused;
  if (wish !== null) return { code: 'SWITCHING', message: `a switch to ${wish.to} is under way` };
  switch (state.step) {
    case 'waiting':
      return state.isPrepared || target === roles.baseline
        ? null
        : { code: 'NOT_PREPARED', message: `${target} is still being prepared` };
    case 'baking':
    case 'judging':
    case 'asking':
      return null;
    case 'applying':
      return { code: 'SWITCHING', message: 'a switch is under way' };
    case 'preflight':
      return { code: 'NOT_STARTED', message: 'the service is still looked at' };
    case 'closing':
    case 'undoing':
    case 'ended':
      return { code: 'ROLLOUT_ENDED', message: 'the rollout is ending' };
  }
}
