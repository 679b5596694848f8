import type { Command } from 'commander';
import { awaited, choice, count, duration } from '../arguments.js';
import type { Awaited } from '../../client/wait-for-rollout.js';
import { PHASES, type Phase } from '../../domain/rollout/phase.js';
import type { Declare } from './declaring.js';

interface ListWords {
  readonly service?: string;
  readonly phase?: Phase;
  readonly inFlight?: boolean;
  readonly needsHuman?: boolean;
  readonly limit?: number;
}

/** What shows rollouts and changes nothing. */
export function defineLooking(program: Command, declare: Declare): void {
  program.commandsGroup('Look:');
  declare(
    program
      .command('list')
      .description('rollouts, newest first')
      .option('--service <name>', 'of this service')
      .option('--phase <phase>', 'in this phase', choice('--phase', PHASES))
      .option('--in-flight', 'that are under way')
      .option('--needs-human', 'that wait for a person')
      .option('--limit <n>', 'so many at most (default: 50)', count('--limit', 1)),
    async (context, _, filter: ListWords) => (await import('../commands/list.js')).list(context, filter),
  );
  declare(
    program.command('status [id]').description('where a rollout stands now, also without a worker'),
    async (context, [id]) => (await import('../commands/status.js')).status(context, id),
  );
  declare(
    program
      .command('watch [id]')
      .description('follow a rollout: a live view in a terminal, a line per change elsewhere'),
    async (context, [id]) => (await import('../commands/watch.js')).watch(context, id),
  );
  declare(
    program
      .command('wait [id]')
      .description('wait for a rollout; the exit code says how it came out')
      .option('--for <what>', 'promoted, approval or stage:N (default: promoted)', awaited('--for'))
      .option('--timeout <time>', 'wait so long at most, such as 2h', duration('--timeout')),
    async (context, [id], { timeout, ...options }: { for?: Awaited; timeout?: number }) =>
      (await import('../commands/wait.js')).wait(context, id, {
        ...options,
        ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      }),
  );
  declare(
    program.command('explain [id]').description('why each check says what it says, with its numbers'),
    async (context, [id]) => (await import('../commands/explain.js')).explain(context, id),
  );
  declare(
    program
      .command('health [ids...]')
      .description('how the environments of rollouts are, endpoint by endpoint')
      .option('--endpoint <path...>', 'ask these, instead of those of headgate.yaml')
      .option('--timeout <time>', 'how long an answer may take', duration('--timeout')),
    async (context, ids, { endpoint, timeout }: { endpoint?: readonly string[]; timeout?: number }) =>
      (await import('../commands/health.js')).health(context, ids, {
        ...(endpoint === undefined ? {} : { endpoints: endpoint }),
        ...(timeout === undefined ? {} : { timeoutSeconds: timeout / 1000 }),
      }),
  );
  declare(
    program
      .command('metrics [id]')
      .description('what the service of a rollout has served, in all and by backend')
      .option('--range <time>', 'up to now, such as 15m or 7d (default: 1h)'),
    async (context, [id], { range }: { range?: string }) =>
      (await import('../commands/metrics.js')).metrics(context, id, range),
  );
  declare(
    program
      .command('backtest [id]')
      .description('judge what was observed of a rollout once more, by its own plan or by another')
      .option('--spec <file>', 'by the checks of this specification')
      .option('--observations <files...>', 'what is in these files, instead of what is kept of a rollout'),
    async (context, [id], options: { spec?: string; observations?: readonly string[] }) =>
      (await import('../commands/backtest.js')).backtest(context, id, options),
  );
  declare(
    program
      .command('history [id]')
      .description('what happened, who asked for it, and why')
      .option('--observations', 'where what was observed is kept, and how much of it there is')
      .option('--limit <n>', 'the newest so many', count('--limit', 1)),
    async (context, [id], { observations = false, ...options }: { limit?: number; observations?: boolean }) =>
      observations
        ? (await import('../commands/observation-files.js')).observationFiles(context, id)
        : (await import('../commands/history.js')).history(context, id, options),
  );
}
