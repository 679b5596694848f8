import { isStop, type Command } from './commands.js';
import type { Life } from './life.js';
import type { Refusal } from './refusal.js';

/** Why no rollout of any kind takes the command as it stands: it is meant for another one, or this one is over. */
export function commonRefusal(state: Life, verb: string, command: Command): Refusal | null {
  return wrongAddress(state, command) ?? overAlready(state, verb);
}

export function wrongAddress(state: Life, command: Command): Refusal | null {
  if (command.rolloutId === undefined || command.rolloutId === state.id) return null;
  return { code: 'WRONG_ROLLOUT', message: `meant for ${command.rolloutId}, this is ${state.id}` };
}

function overAlready(state: Life, verb: string): Refusal | null {
  if (state.step === 'ended')
    return { code: 'ROLLOUT_ENDED', message: `the rollout has ended: ${state.outcome ?? 'ended'}` };
  if (state.stop === null || isStop(verb)) return null;
  return { code: 'ROLLING_BACK', message: `the rollout is being undone (${state.stop.reason}); nothing revives it` };
}
