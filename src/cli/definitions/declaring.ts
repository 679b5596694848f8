import type { Command } from 'commander';
import { count } from '../arguments.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import type { Result } from '../result.js';

/** What a command does once its line is understood. */
export type Act = (context: Context) => Promise<Result>;

/**
 * Joins a declared command to what it does; `act` gets the words that are no options, and the options, which are what the
 * command's own declaration makes of them.
 */
export type Declare = (
  command: Command,
  act: (context: Context, args: readonly string[], options: never) => Promise<Result>,
) => void;

/** What every command takes that tells a rollout something. */
export function withCommandOptions(command: Command): Command {
  return command
    .option('--reason <text>', 'why; recorded in the journal')
    .option('--by <name>', 'who asks (default: the CI run, else user@host)')
    .option('--if-stage <n>', 'refuse when the rollout stands at another stage by now', count('--if-stage', 0));
}

/** `option` says something about waiting, and nothing is waited for. */
export function nothingAwaited(option: string): UsageError {
  return new UsageError(`${option} is about waiting, and nothing is waited for`, { expected: '--wait beside it' });
}
