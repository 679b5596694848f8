import type { Command } from 'commander';
import type { Awaited } from '../../client/wait-for-rollout.js';
import { awaited, choice, duration } from '../arguments.js';
import type { InitWords } from '../commands/init.js';
import type { SimulationWords } from '../commands/simulation-options.js';
import type { StartOptions } from '../commands/start.js';
import type { WaitingOptions } from '../commands/started.js';
import { nothingAwaited, type Declare } from './declaring.js';

type WaitingWords = Omit<WaitingOptions, 'timeoutMs'> & { readonly timeout?: number };

/** From a file to a rollout. */
export function defineStarting(program: Command, declare: Declare): void {
  program.commandsGroup('Start:');
  defineFiles(program, declare);
  defineSimulate(program, declare);
  declare(
    withWaiting(
      program
        .command('start <file>')
        .description('start the rollout that a file describes')
        .option('--version <version>', 'the version to roll out, instead of the one in the file')
        .option('--request-id <id>', 'the same id attaches, in flight or finished: for CI')
        .option('--adopt <baseline>', 'take over mixed weights: this backend is the baseline')
        .option('--again', 'roll the version out also where it serves everybody already')
        .option('--by <name>', 'who asks (default: the CI run, else user@host)'),
    ),
    async (context, [file = ''], options: Omit<StartOptions, 'timeoutMs'> & WaitingWords) =>
      (await import('../commands/start.js')).start(context, file, withTimeout(options)),
  );
  declare(
    withWaiting(
      program
        .command('retry [id]')
        .description('start the same plan anew, guarded from its first percent')
        .option('--reason <text>', 'why it will go better now')
        .option('--by <name>', 'who asks (default: the CI run, else user@host)'),
    ),
    async (context, [id], options: WaitingWords & { reason?: string; by?: string }) =>
      (await import('../commands/retry.js')).retry(context, id, withTimeout(options)),
  );
  declare(
    withWaiting(
      program
        .command('undo <service>')
        .description('back to what served before, also after the end; never prompts')
        .option('--to <backend>', 'to this backend (default: what served before)')
        .option('--now', 'at once: without probes, gates and metrics')
        .option('--reason <text>', 'why; kept in the journal')
        .option('--by <name>', 'who asks (default: the CI run, else user@host)'),
    ),
    async (
      context,
      [service = ''],
      options: WaitingWords & { to?: string; now?: boolean; reason?: string; by?: string },
    ) => (await import('../commands/undo.js')).undo(context, service, withTimeout(options)),
  );
}

function defineFiles(program: Command, declare: Declare): void {
  declare(
    program
      .command('init [service]')
      .description('write a configuration and a specification to begin with')
      .option('--router <kind>', 'for this data plane: gateway (default), envoy or haproxy'),
    async (context, [service], options: InitWords) =>
      (await import('../commands/init.js')).init(context, service, options),
  );
  declare(
    program
      .command('schema [of]')
      .description('the JSON Schema of specifications, or of headgate.yaml with "schema config"'),
    async (_, [of = 'spec']) =>
      (await import('../commands/schema.js')).schema(choice('schema', ['spec', 'config'])(of)),
  );
  declare(
    program
      .command('validate <files...>')
      .description('say everything that is wrong with specifications, and what could be better')
      .option('--online', 'also look at the router, the candidate and every metric, as a start does'),
    async (context, files, options: { online?: boolean }) =>
      (await import('../commands/validate.js')).validate(context, files, options),
  );
  declare(
    program
      .command('plan <file>')
      .description('say what a specification would do')
      .option('--version <version>', 'the version to roll out, instead of the one in the file'),
    async (context, [file = ''], { version }: { version?: string }) =>
      (await import('../commands/plan.js')).plan(context, file, version),
  );
}

/** Values are read together when the command runs, so that everything that is wrong with them is told at once. */
function defineSimulate(program: Command, declare: Declare): void {
  declare(
    program
      .command('simulate <file>')
      .description('try a specification on synthetic traffic: how often it is wrong, how soon it is right')
      .option('--request-rate <n/s>', 'requests of the whole service (default: 50/s)')
      .option(
        '--error-rate <share>',
        'of the baseline and of a healthy candidate (default: a fifth of what is allowed)',
      )
      .option('--latency-median <time>', 'how long requests take (default: by what is allowed)')
      .option('--latency-p99 <time>', 'how long the slowest take (default: half of what is allowed)')
      .option('--bad-error-rate <share>', 'of a bad candidate (default: three times what is allowed)')
      .option('--bad-slowdown <factor>', 'a bad candidate is so many times as slow (default: 1)')
      .option('--bad-at <time>', 'when it goes bad (default: 0s, from the first percent on)')
      .option('--bad-over <time>', 'how long it takes to go bad (default: 0s, at once)')
      .option('--bursts <φ>', 'how much more failures scatter than independent ones (default: 1)')
      .option('--shock-every <time>', 'about how often something hits both versions (default: never)')
      .option('--shock-for <time>', 'how long (default: 1m)')
      .option('--shock-error-rate <share>', 'and how many requests fail meanwhile (default: 30%)')
      .option('--runs <n>', 'so many healthy rollouts, and as many bad ones (default: 1000)')
      .option('--seed <n>', 'another one gives other traffic (default: 1)')
      .option('--compare', 'also by the rules of Argo Rollouts and Flagger, on the same traffic')
      .option('--plot <file>', 'draw it as SVG'),
    async (context, [file = ''], words: SimulationWords) =>
      (await import('../commands/simulate.js')).simulate(context, file, words),
  );
}

function withWaiting(command: Command): Command {
  const whens: readonly ('detach' | 'abort')[] = ['detach', 'abort'];
  return command
    .option<Awaited>(
      '--wait [=what]',
      'wait until promoted (default), approval or stage:N; the exit code says how it came out',
      awaited('--wait'),
    )
    .option('--timeout <time>', 'wait so long at most, such as 2h', duration('--timeout'))
    .option('--on-cancel <what>', 'what Ctrl-C means: detach (default) or abort', choice('--on-cancel', whens));
}

function withTimeout<Words extends WaitingWords>({ timeout, ...options }: Words) {
  if (options.wait === undefined && timeout !== undefined) throw nothingAwaited('--timeout');
  if (options.wait === undefined && options.onCancel !== undefined) throw nothingAwaited('--on-cancel');
  return { ...options, ...(timeout === undefined ? {} : { timeoutMs: timeout }) };
}
