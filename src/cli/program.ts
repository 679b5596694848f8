import { Command } from 'commander';
import { choice } from './arguments.js';
import type { RawOptions, Sink } from './context.js';
import type { Act, Declare } from './definitions/declaring.js';
import { defineDecisions } from './definitions/decisions.js';
import { defineLooking } from './definitions/looking.js';
import { defineRunning } from './definitions/running.js';
import { defineStarting } from './definitions/starting.js';
import { OUTPUT_FORMATS } from './output/format.js';

export interface ProgramOptions {
  readonly stdout: Sink;
  readonly perform: (options: RawOptions, act: Act) => Promise<void>;
}

/** Every command, declared. What a command needs is loaded when it runs, so that help comes at once. */
export function createProgram({ stdout, perform }: ProgramOptions): Command {
  const program = new Command('headgate')
    .description('Progressive delivery as durable workflows: canary rollouts that are guarded, explained and undone.')
    .usage('[command] [options]')
    .option(
      '-o, --output <format>',
      'text, json or jsonl (default: HEADGATE_OUTPUT, then text)',
      choice('-o', OUTPUT_FORMATS),
    )
    .option('--address <host:port>', "Temporal's address (default: TEMPORAL_ADDRESS, then Temporal's own profile)")
    .option('--namespace <name>', "Temporal's namespace (default: TEMPORAL_NAMESPACE)")
    .option('--profile <name>', "the profile of Temporal's configuration file (default: TEMPORAL_PROFILE)")
    .option('--config <file>', 'the configuration file (default: headgate.yaml)')
    .option('--color', 'colours, also where nobody seems to look')
    .option('--no-color', 'no colours (also: NO_COLOR)')
    .addHelpText('after', HELP_TAIL);
  listen(program, stdout);
  const declare: Declare = (command, act) => {
    command.action(() => perform(program.opts(), (context) => act(context, command.args, command.opts<never>())));
  };
  defineStarting(program, declare);
  defineLooking(program, declare);
  defineDecisions(program, declare);
  defineRunning(program, declare);
  return program;
}

const HELP_TAIL = `
ID is service@run, or a service for its newest rollout; without one, the only rollout in flight is meant.
Exit codes: 0 reached · 1 unexpected · 2 invalid, nothing started · 3 not found · 4 not allowed · 5 conflict ·
6 unreachable · 10 rolled back · 11 aborted · 12 superseded · 13 a human is needed · 14 undo is failing ·
124 waiting timed out · 130/143 detached
`;

/** The parser neither exits nor writes errors itself: there is one exit point, and one way to tell an error. */
function listen(command: Command, stdout: Sink): void {
  command
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => (stdout.isTTY ? stdout.columns : 100),
    });
}
