import { spellDuration } from '../../duration.js';
import { withApprovals } from '../approvals.js';
import { formatPercent } from '../../percent.js';
import type {
  Channel,
  Command,
  Commands,
  ConfigureCommand,
  PauseCommand,
  PromoteCommand,
  ResumeCommand,
  Verb,
} from '../commands.js';
import { heldWords } from '../holds.js';
import { refusalOf } from '../refusal.js';
import type { RolloutState } from '../state.js';
import { beginPause } from './proceed.js';
import { policyChangeWords, setPolicy } from './policy.js';
import { record } from './record.js';
import { resume } from './resume.js';
import { holdFor } from './stages.js';
import { stopFor } from './stop.js';

/** A command as it arrived. */
export interface Commanded<V extends Verb = Verb> {
  readonly verb: V;
  readonly command: Commands[V];
  readonly atMs: number;
  readonly channel: Channel;
  /** The how-manieth message of its channel and name, from 1: finds the sender in the workflow's history. */
  readonly ordinal: number;
  /** The run of the workflow that it came to. */
  readonly runId?: string;
}

const REMEMBERED_IDS = 500;

/**
 * Takes a command, or records why it was ignored. One that was taken before changes nothing; one that was ignored was not
 * taken: sent again, it counts, or is refused for what it is.
 */
export function takeCommand(state: RolloutState, commanded: Commanded): RolloutState {
  const { command, verb } = commanded;
  if (isHandled(state, verb, command)) return state;
  const refusal = refusalOf(state, verb, command);
  if (refusal !== null) return note(state, commanded, `${verb} ignored: ${refusal.message}`);
  return take(note(remember(state, verb, command), commanded, sentenceOf(state, commanded)), commanded);
}

/** Whether this very command was taken before. The same id with another verb is another command. */
export function isHandled({ handled }: RolloutState, verb: Verb, { commandId }: Command): boolean {
  return commandId !== undefined && handled.includes(handledKey(verb, commandId));
}

function remember(state: RolloutState, verb: Verb, { commandId }: Command): RolloutState {
  if (commandId === undefined) return state;
  return { ...state, handled: [...state.handled, handledKey(verb, commandId)].slice(-REMEMBERED_IDS) };
}

function handledKey(verb: Verb, commandId: string): string {
  return `${verb} ${commandId}`;
}

function note(
  state: RolloutState,
  { command, verb, atMs, channel, ordinal, runId = '' }: Commanded,
  what: string,
): RolloutState {
  return record(state, {
    atMs,
    kind: 'command',
    what,
    message: { channel, name: verb, ordinal, runId },
    ...(command.by === undefined ? {} : { by: command.by }),
    ...(command.reason === undefined ? {} : { why: command.reason }),
  });
}

function take(state: RolloutState, { verb, command, atMs }: Commanded): RolloutState {
  switch (verb) {
    case 'emergencyStop':
    case 'abort':
      return stopFor(state, { cause: verb, reason: stopReason(verb, command), atMs, ...by(command) });
    case 'pause':
      return beginPause(state, pauseOf(command, atMs));
    case 'resume':
      return resume(state, command, atMs);
    case 'promote':
    case 'approve':
    case 'finish':
      return {
        ...state,
        promotion: { full: (command as PromoteCommand).full === true, ...by(command), ...why(command) },
      };
    case 'configure':
      return configure(state, command);
    case 'setRollbackPolicy':
      return setPolicy(state, command, atMs);
    case 'reject':
      return holdFor(state, {
        kind: 'rejected',
        reason: `rejected${who(command)}${because(command)}`,
        sinceMs: atMs,
        needsHuman: true,
      });
  }
}

function pauseOf(command: PauseCommand, atMs: number): NonNullable<RolloutState['pause']> {
  const { durationMinutes } = command;
  return {
    sinceMs: atMs,
    untilMs: durationMinutes === undefined ? null : atMs + durationMinutes * 60_000,
    ...by(command),
    ...why(command),
  };
}

function configure(
  state: RolloutState,
  { autoProgression, monitoringInterval, requireManualApproval }: ConfigureCommand,
): RolloutState {
  const stages =
    requireManualApproval === undefined ? state.plan.stages : withApprovals(state.plan.stages, requireManualApproval);
  return {
    ...state,
    plan: { ...state.plan, stages, autoProgression: autoProgression ?? state.plan.autoProgression },
    monitoringIntervalMs: monitoringInterval === undefined ? state.monitoringIntervalMs : monitoringInterval * 1000,
  };
}

function sentenceOf(state: RolloutState, { verb, command }: Commanded): string {
  const tail = because(command);
  switch (verb) {
    case 'emergencyStop':
      return `Emergency stop${tail}`;
    case 'abort':
      return `Abort${tail}`;
    case 'pause': {
      const { durationMinutes } = command as PauseCommand;
      return `Paused at ${formatPercent(state.sharePercent)}${durationMinutes === undefined ? '' : ` for ${spellDuration(durationMinutes * 60_000)}`}${tail}`;
    }
    case 'resume': {
      const traffic = (command as ResumeCommand).modifiedConfig?.traffic;
      return `Resumed${traffic === undefined ? '' : ` at ${formatPercent(traffic * 100)}`}${tail}${stillHeld(state)}`;
    }
    case 'promote':
      return `Promoted from ${formatPercent(state.sharePercent)}${(command as PromoteCommand).full === true ? ' straight to 100 %' : ''}${tail}`;
    case 'approve':
      return `Approved${tail}`;
    case 'reject':
      return `Rejected${tail}`;
    case 'configure':
      return `Configured${tail}`;
    case 'setRollbackPolicy':
      return policyChangeWords(state, command) + tail;
    case 'finish':
      return `Rollback window ended early${tail}`;
  }
}

/** A pause that ends says nothing about what was found meanwhile. */
function stillHeld(state: RolloutState): string {
  if (state.pause === null || state.hold === null) return '';
  return `; still held: ${heldWords(state)}${state.hold.needsHuman ? '; resume once more to go on all the same' : ''}`;
}

function stopReason(verb: 'abort' | 'emergencyStop', command: Command): string {
  return `${verb === 'abort' ? 'aborted' : 'emergency stop'}${who(command)}${because(command)}`;
}

function who({ by: name }: Command): string {
  return name === undefined ? '' : ` by ${name}`;
}

function because({ reason }: Command): string {
  return reason === undefined || reason === '' ? '' : `: ${reason}`;
}

function by({ by: name }: Command): { by?: string } {
  return name === undefined ? {} : { by: name };
}

function why({ reason }: Command): { reason?: string } {
  return reason === undefined ? {} : { reason };
}
