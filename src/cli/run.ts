import { CommanderError } from 'commander';
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
import { packageVersion } from './version.js';

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
      code = await perform(await contextOf(options, surroundings, makeSession), act);
    },
  });
  const commands = program.commands.map((command) => command.name());
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : withWaitSpelledOut(argv, commands), { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return reportUsage(error, surroundings, argv, commands);
  }
}

async function perform(context: Context, act: (context: Context) => Promise<Result>): Promise<number> {
  try {
    const result = await act(context);
    writeResult(result, context);
    return exitCodeOf(result.exit ?? 'reached');
  } catch (error) {
    return reportTo(error, context, context.options.output, context.options.color);
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
function reportUsage(
  error: unknown,
  surroundings: Surroundings,
  argv: readonly string[],
  commands: readonly string[],
): number {
  const command = argv.find((word) => commands.includes(word));
  const next = [command === undefined ? 'headgate --help' : `headgate ${command} --help`];
  const usage =
    error instanceof CommanderError ? new UsageError(error.message.replace(/^error: /, ''), { next }) : error;
  const helped =
    usage instanceof UsageError && usage.next.length === 0
      ? new UsageError(usage.message, { expected: usage.expected, got: usage.got, remedy: usage.remedy, next })
      : usage;
  return reportTo(helped, surroundings, formatOrText(outputWord(argv), surroundings.env), undefined);
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
