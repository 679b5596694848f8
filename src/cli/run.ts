import { readFileSync } from 'node:fs';
import { CommanderError, type Command } from 'commander';
import { actorOf } from './actor.js';
import { withWaitSpelledOut } from './arguments.js';
import type { Context, GlobalOptions, RawOptions, Surroundings } from './context.js';
import { createSession } from './create-session.js';
import { exitCodeOf } from './exit-codes.js';
import { InterruptedError, UsageError } from './errors.js';
import { describeError, errorLines } from './failure.js';
import { documentOf } from './output/documents.js';
import { formatOfEnvironment, OUTPUT_FORMATS, type OutputFormat } from './output/format.js';
import { createPaint, wantsColor } from './output/paint.js';
import { writeResult } from './output/write-result.js';
import { createProgram } from './program.js';
import type { Result } from './result.js';
import type { Session } from './session.js';

export type MakeSession = (options: RawOptions, surroundings: Surroundings) => Session;

/** Runs one command line and says with which code the process should exit. Never throws, never exits. */
export async function run(
  argv: readonly string[],
  surroundings: Surroundings,
  makeSession: MakeSession = createSession,
): Promise<number> {
  if (argv[0] === '--version' || argv[0] === '-V') {
    surroundings.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  let code = 0;
  const program = createProgram({
    stdout: surroundings.stdout,
    perform: async (options, act) => {
      code = await perform(await contextOf(options, surroundings, makeSession), act, helpOf(commandIn(program, argv)));
    },
  });
  const commands = program.commands.map((command) => command.name());
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : withWaitSpelledOut(argv, commands), { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return reportUsage(error, surroundings, argv, commandIn(program, argv));
  }
}

async function perform(context: Context, act: (context: Context) => Promise<Result>, help: string): Promise<number> {
  try {
    const result = await act(context);
    writeResult(result, context);
    return exitCodeOf(result.exit ?? 'reached');
  } catch (error) {
    return reportTo(withHelp(error, help), context, context.options.output, context.options.color);
  } finally {
    await context.session.close();
  }
}

async function contextOf(raw: RawOptions, surroundings: Surroundings, makeSession: MakeSession): Promise<Context> {
  const { env, stdout, stderr, nowMs, timeZone } = surroundings;
  const session = makeSession(raw, surroundings);
  // What is typed counts most, then the environment, then headgate.yaml; text otherwise, also in a pipe.
  const output = raw.output ?? formatOfEnvironment(env) ?? (await configuredOutput(session));
  const options: GlobalOptions = { ...raw, output };
  const paint = createPaint(wantsColor({ asked: options.color, env, isTTY: stdout.isTTY }));
  return {
    ...surroundings,
    options,
    paint,
    actor: actorOf(env, surroundings.user),
    session,
    progress: (line) => stderr.write(`${line}\n`),
    emit: (document) => {
      if (options.output === 'jsonl') stdout.write(`${JSON.stringify(document)}\n`);
    },
    view: {
      paint,
      nowMs: nowMs(),
      width: stdout.isTTY ? stdout.columns : Infinity,
      ...(timeZone === undefined ? {} : { timeZone }),
    },
  };
}

/** What headgate.yaml says. One that is refused is told by the command that needs it. */
async function configuredOutput(session: Session): Promise<OutputFormat> {
  try {
    return (await session.config()).output;
  } catch {
    return 'text';
  }
}

/** A line that is not understood: the help of its command says how it is meant. */
function reportUsage(error: unknown, surroundings: Surroundings, argv: readonly string[], command: Command): number {
  const usage = error instanceof CommanderError ? usageError(error, command) : error;
  const output = formatOrText(outputWord(argv), surroundings.env);
  return reportTo(withHelp(usage, helpOf(command)), surroundings, output, undefined);
}

function usageError({ code, message }: CommanderError, command: Command): UsageError {
  if (code !== 'commander.help') return new UsageError(message.replace(/^error: /, ''));
  const names = command.commands.map((one) => one.name());
  return new UsageError(`${nameOf(command)} does nothing alone`, {
    expected: command.parent === null ? 'a command' : `one of ${names.join(', ')}`,
  });
}

function withHelp(error: unknown, help: string): unknown {
  if (!(error instanceof UsageError) || error.next.length > 0) return error;
  const { message, expected, got, remedy } = error;
  return new UsageError(message, { expected, got, remedy, next: [help] });
}

/** The command that a line means, as far as its words tell. */
function commandIn(program: Command, argv: readonly string[]): Command {
  let command = program;
  for (const word of argv) command = command.commands.find((one) => one.name() === word) ?? command;
  return command;
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

function helpOf(command: Command): string {
  return `${nameOf(command)} --help`;
}

/** Before the options are understood, the words themselves say what was asked for as output. */
function outputWord(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => word === '-o' || word === '--output');
  return at === -1 ? argv.find((word) => word.startsWith('--output='))?.slice('--output='.length) : argv[at + 1];
}

function formatOrText(asked: string | undefined, env: Surroundings['env']): OutputFormat {
  try {
    return OUTPUT_FORMATS.find((known) => known === asked) ?? formatOfEnvironment(env) ?? 'text';
  } catch {
    return 'text';
  }
}

/** Errors go where the reader looks: people read stderr, programs parse stdout. */
function reportTo(
  error: unknown,
  { stdout, stderr, env }: Surroundings,
  output: OutputFormat,
  color: boolean | undefined,
): number {
  const fields = describeError(error);
  if (output === 'text') {
    const paint = createPaint(wantsColor({ asked: color, env, isTTY: stderr.isTTY }));
    // The terminal has just shown ^C.
    const lead = error instanceof InterruptedError && stderr.isTTY ? '\n' : '';
    stderr.write(`${lead}${errorLines(error, paint).join('\n')}\n`);
  } else {
    const document = documentOf('Error', fields);
    stdout.write(`${output === 'json' ? JSON.stringify(document, null, 2) : JSON.stringify(document)}\n`);
  }
  return fields.exitCode;
}

/** The version of the package that this file is part of. */
function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
