import { spellDuration } from '../../duration.js';
import { formatPercent } from '../../percent.js';
import { because, byWhom, commandedStop, type Commanded as CommonCommanded } from '../../rollout/commands.js';
import { heldWords } from '../../rollout/holds.js';
import { pauseOf } from '../../rollout/pause.js';
import * as common from '../../rollout/take-command.js';
import type { Commands, ConfigureCommand, PromoteCommand, ResumeCommand, Verb } from '../commands.js';
import { refusalOf } from '../refusal.js';
import type { Promotion, StagesState } from '../state.js';
import { configure, configuredWords } from './configure.js';
import { policyChangeWords, setPolicy } from './policy.js';
import { beginPause } from './proceed.js';
import { resume } from './resume.js';
import { holdFor } from './stages.js';
import { stopFor } from './stop.js';

/** A command to a rollout in stages, as it arrived. */
export type Commanded<V extends Verb = Verb> = CommonCommanded<V, Commands[V]>;

export function takeCommand<S extends StagesState>(state: S, commanded: Commanded): S {
  return common.takeCommand<S, Commanded>(state, commanded, {
    refusalOf: (before, { verb, command }) => refusalOf(before, verb, command),
    sentenceOf,
    take,
  });
}

function take<S extends StagesState>(state: S, { verb, command, atMs }: Commanded): S {
  switch (verb) {
    case 'emergencyStop':
    case 'abort':
      return stopFor(state, commandedStop(verb, command, atMs));
    case 'pause':
      return beginPause(state, pauseOf(command, atMs));
    case 'resume':
      return resume(state, command, atMs);
    case 'promote':
    case 'approve':
    case 'finish':
      return { ...state, promotion: promotionOf(command) };
    case 'configure':
      return configure(state, command as ConfigureCommand);
    case 'setRollbackPolicy':
      return setPolicy(state, command, atMs);
    case 'reject':
      return holdFor(state, {
        kind: 'rejected',
        reason: `rejected${byWhom(command)}${because(command)}`,
        sinceMs: atMs,
        needsHuman: true,
      });
  }
}

function promotionOf({ full = false, by, reason }: PromoteCommand): Promotion {
  return { full, ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
}

function sentenceOf(state: StagesState, { verb, command }: Commanded): string {
  const tail = because(command);
  switch (verb) {
    case 'emergencyStop':
      return `Emergency stop${tail}`;
    case 'abort':
      return `Abort${tail}`;
    case 'pause': {
      const { durationMinutes } = command as Commands['pause'];
      return `Paused at ${formatPercent(state.sharePercent)}${durationMinutes === undefined ? '' : ` for ${spellDuration(durationMinutes * 60_000)}`}${tail}`;
    }
    case 'resume': {
      const { traffic, ...watching } = (command as ResumeCommand).modifiedConfig ?? {};
      const changes = configuredWords(state, watching).map((change) => `; ${change}`);
      return `Resumed${traffic === undefined ? '' : ` at ${formatPercent(traffic * 100)}`}${changes.join('')}${tail}${stillHeld(state)}`;
    }
    case 'promote':
      return `Promoted from ${formatPercent(state.sharePercent)}${(command as PromoteCommand).full === true ? ' straight to 100 %' : ''}${tail}`;
    case 'approve':
      return `Approved${tail}`;
    case 'reject':
      return `Rejected${tail}`;
    case 'configure':
      return configuredWords(state, command).join('; ') + tail;
    case 'setRollbackPolicy':
      return policyChangeWords(state, command) + tail;
    case 'finish':
      return `Rollback window ended early${tail}`;
  }
}

/** A pause that ends says nothing about what was found meanwhile. */
function stillHeld(state: StagesState): string {
  if (state.pause === null || state.hold === null) return '';
  return `; still held: ${heldWords(state)}${state.hold.needsHuman ? '; resume once more to go on all the same' : ''}`;
}
