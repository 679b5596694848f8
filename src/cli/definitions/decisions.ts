import type { Command } from 'commander';
import { count, duration, percent, times } from '../arguments.js';
import type { StopTheLineWords } from '../commands/stop-the-line.js';
import type { VerbOptions } from '../commands/verbs.js';
import { withCommandOptions, type Declare } from './declaring.js';

const loadVerbs = () => import('../commands/verbs.js');
const loadStops = () => import('../commands/stop.js');

/** What a person decides about a rollout that is under way. */
export function defineDecisions(program: Command, declare: Declare): void {
  program.commandsGroup('Decide:');
  const verb = (usage: string, description: string): Command =>
    withCommandOptions(program.command(usage).description(description));

  declare(
    verb('approve [id]', 'let it leave the stage that waits for approval'),
    async (context, [id], o: VerbOptions) => (await loadVerbs()).approve(context, id, o),
  );
  declare(verb('reject [id]', 'do not let it go on; it stays where it is'), async (context, [id], o: VerbOptions) =>
    (await loadVerbs()).reject(context, id, o),
  );
  declare(
    verb('promote [id]', 'on to the next stage now')
      .option('--full', 'straight to 100 % (asks first)')
      .option('-y, --yes', 'do not ask'),
    async (context, [id], options: VerbOptions & { full?: boolean; yes?: boolean }) =>
      (await loadVerbs()).promote(context, id, options),
  );
  declare(
    verb('switch <id> <environment>', 'all traffic to an environment, such as green, when it is healthy')
      .option('--no-validate-health', 'healthy or not (asks first)')
      .option('-y, --yes', 'do not ask'),
    async (context, [id = '', environment = ''], options: VerbOptions & { validateHealth?: boolean; yes?: boolean }) =>
      (await import('../commands/switch.js')).switchTo(context, id, environment, options),
  );
  declare(
    verb('pause [id]', 'stop the clock of the stage; guarding goes on').option(
      '--for <time>',
      'resume by itself after so long, such as 30m',
      duration('--for'),
    ),
    async (context, [id], { for: forMs, ...options }: VerbOptions & { for?: number }) =>
      (await loadVerbs()).pause(context, id, { ...options, ...(forMs === undefined ? {} : { forMs }) }),
  );
  declare(
    verb('resume [id]', 'let the clock run again, or leave a hold')
      .option(
        '--traffic <percent>',
        'with another share, such as 10%: same stage, clock restarted',
        percent('--traffic'),
      )
      .option('--interval <time>', 'with another monitoring interval, such as 30s', duration('--interval')),
    async (context, [id], { traffic, interval, ...options }: VerbOptions & { traffic?: number; interval?: number }) =>
      (await loadVerbs()).resume(context, id, {
        ...options,
        ...(traffic === undefined ? {} : { trafficPercent: traffic }),
        ...(interval === undefined ? {} : { intervalMs: interval }),
      }),
  );
  declare(verb('finish [id]', 'end the rollback window at 100 % early'), async (context, [id], options: VerbOptions) =>
    (await loadVerbs()).finish(context, id, options),
  );
  definePolicy(program, declare);
  defineStops(program, declare);
  defineLine(program, declare);
}

interface PolicyWords extends VerbOptions {
  readonly errorRate?: number;
  readonly successRate?: number;
  readonly latencyIncrease?: number;
  readonly window?: number;
  readonly consecutiveFailures?: number;
  readonly autoRollback?: boolean;
}

function definePolicy(program: Command, declare: Declare): void {
  const policy = program.command('policy').description('when traffic goes back, of a rollout that runs');
  const loadPolicy = () => import('../commands/policy.js');
  declare(
    withCommandOptions(policy.command('set [id]').description('from now on by these bounds, instead of those before'))
      .option(
        '--error-rate <percent>',
        'the largest share of requests that may fail, such as 2%',
        percent('--error-rate'),
      )
      .option(
        '--success-rate <percent>',
        'the smallest share that must succeed, such as 99%',
        percent('--success-rate'),
      )
      .option(
        '--latency-increase <times>',
        "p99 latency against the baseline's, such as 1.5",
        times('--latency-increase'),
      )
      .option('--window <time>', 'every look at a rate goes back so far, such as 5m', duration('--window'))
      .option(
        '--consecutive-failures <n>',
        'roll back only after so many bad measurements in a row',
        count('--consecutive-failures', 1),
      )
      .option('--auto-rollback', 'roll back what fails by itself')
      .option('--no-auto-rollback', 'hold what fails, and call a person'),
    async (context, [id], { errorRate, successRate, window, ...options }: PolicyWords) =>
      (await loadPolicy()).setPolicy(context, id, {
        ...options,
        ...(errorRate === undefined ? {} : { errorRatePercent: errorRate }),
        ...(successRate === undefined ? {} : { successRatePercent: successRate }),
        ...(window === undefined ? {} : { windowMs: window }),
      }),
  );
  declare(
    withCommandOptions(policy.command('clear [id]').description('by the checks of the plan alone')),
    async (context, [id], options: VerbOptions) => (await loadPolicy()).clearPolicy(context, id, options),
  );
}

interface StopWords extends VerbOptions {
  readonly wait?: boolean;
  readonly timeout?: number;
}

function defineStops(program: Command, declare: Declare): void {
  const stops = [
    ['abort', 'stop, and put all traffic back', 'abort'],
    ['rollback', 'the same as abort', 'abort'],
    ['emergency-stop', 'the same as abort, before everything else', 'emergencyStop'],
  ] as const;
  for (const [name, description, stop] of stops) {
    const command = withCommandOptions(program.command(`${name} [id]`).description(`${description}; never prompts`))
      .option('--wait', 'wait until traffic is back')
      .option('--timeout <time>', 'wait so long at most', duration('--timeout'));
    declare(command, async (context, [id], { wait, timeout, ...options }: StopWords) =>
      (await loadStops())[stop](context, id, {
        ...options,
        // Stopping is no moment to refuse a line: who says how long to wait, waits.
        wait: wait === true || timeout !== undefined,
        ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      }),
    );
  }
}

function defineLine(program: Command, declare: Declare): void {
  declare(
    program
      .command('stop-the-line')
      .description('bring everything in flight back, and refuse starts until released')
      .option(
        '--scope <service...>',
        'of these services, in which * stands for any characters (default: every service)',
      )
      .option('--release', 'let starts in again: ends one stop, of the same scope')
      .option('--stop <id>', 'which stop is released')
      .option('--reason <text>', 'why; recorded in the journal')
      .option('--by <name>', 'who asks (default: the CI run, else user@host)')
      .option('--timeout <time>', 'wait so long at most until it holds (default: 1m)', duration('--timeout'))
      .option('-y, --yes', 'do not ask'),
    async (context, _, words: StopTheLineWords) =>
      (await import('../commands/stop-the-line.js')).stopTheLine(context, words),
  );
}
