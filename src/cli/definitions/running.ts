import type { Command } from 'commander';
import type { BreakGlassOptions } from '../commands/break-glass.js';
import type { DemoWords } from '../commands/demo.js';
import type { DevWords } from '../commands/dev.js';
import { UsageError } from '../errors.js';
import type { Declare } from './declaring.js';

/** What runs rollouts, and what looks after it. */
export function defineRunning(program: Command, declare: Declare): void {
  program.commandsGroup('Run:');
  declare(
    program
      .command('demo [story]')
      .description('watch three rollouts on real parts, on this machine alone: canary (default) or blue-green')
      .option('--keep', 'stay up afterwards, to play with')
      .option('--fast', 'the shortest form')
      .option('--router <kind>', 'on this data plane: gateway (default) or envoy, which is obtained'),
    async (context, [story], options: DemoWords) =>
      (await import('../commands/demo.js')).demo(context, { ...options, ...(story === undefined ? {} : { story }) }),
  );
  declare(
    program
      .command('dev')
      .description('run Temporal, a gateway and a worker on this machine, until Ctrl-C')
      .option('--directory <path>', 'where everything is kept (default: .headgate)')
      .option('--ephemeral', 'forget workflows and weights at the end'),
    async (context, _, options: DevWords) => (await import('../commands/dev.js')).dev(context, options),
  );
  declare(program.command('worker').description('run rollouts, as headgate.yaml says'), async (context) =>
    (await import('../commands/worker.js')).worker(context),
  );
  declare(
    program.command('doctor').description('look at everything that a rollout needs, and say what to do'),
    async (context) => (await import('../commands/doctor.js')).doctor(context),
  );
  const config = program.command('config').description('what is configured');
  declare(config.command('show').description('the file and the environment as one'), async (context) =>
    (await import('../commands/config-show.js')).configShow(context),
  );
  const breakGlass = program.command('break-glass').description('past every rollout, without Temporal');
  declare(
    breakGlass
      .command('set-weights [service] [weights...]')
      .description('write the router itself, such as blue=100; kept in the journal')
      .option('--all', 'every service that the journal knows to be in flight goes back to its baseline')
      .option('--reason <text>', 'why; kept in the journal')
      .option('--by <name>', 'who asks (default: the CI run, else user@host)')
      .option('-y, --yes', 'do not ask'),
    async (context, [service, ...weights], { all, ...options }: BreakGlassOptions & { all?: boolean }) => {
      if (all !== true)
        return (await import('../commands/break-glass.js')).breakGlass(context, service, weights, options);
      if (service === undefined)
        return (await import('../commands/break-glass/all.js')).breakGlassAll(context, options);
      throw new UsageError('--all is about every service, and one is named', {
        expected: 'one of the two',
        got: service,
      });
    },
  );
}
