import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { answerOfExit, lastLine } from '../../../domain/hooks/answer.js';
import { PURPOSE_OF } from '../../../domain/hooks/moments.js';
import { HookUnansweredError, type Hook, type HookObstacle } from '../../../ports/hooks.js';
import { createBlanker } from '../blank.js';
import { runKept } from './kept-process.js';
import type { KeeperReport } from './keep.js';

export interface CommandOptions {
  /** The program and its arguments; no shell reads them. */
  readonly argv: readonly string[];
  /** Names of the variables of the worker that it sees, besides PATH and what Headgate tells it. */
  readonly env: readonly string[];
  /** Where it runs, and what a relative program is relative to. */
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
}

/** So much of what it writes is looked at. */
const OUTPUT_BYTES = 16_384;

/** Between being asked to end and being ended. With the lease less than Temporal waits before another worker begins. */
const GRACE_MS = 3000;

/** A worker that says nothing for so long is dead or frozen. */
const LEASE_MS = 4000;

/** A program that is asked and told: by its standard input, and it answers by its exit code. */
export function createCommandHook(options: CommandOptions, workerEnv: NodeJS.ProcessEnv): Hook {
  const { argv, cwd, timeoutMs, deadlineMs } = options;
  /** By question: one attempt has ended, with everything that it has started, before the next begins. */
  const running = new Map<string, Promise<unknown>>();
  const environment = (): Record<string, string> => seenOf(options, workerEnv);
  return {
    deadlineMs,
    async run(moment, payload, { attempt, idempotencyKey, signal }) {
      await running.get(idempotencyKey)?.catch(() => undefined);
      signal.throwIfAborted();
      const seen = environment();
      const run = randomUUID();
      const env = {
        ...seen,
        HEADGATE_RUN: run,
        HEADGATE_IDEMPOTENCY_KEY: idempotencyKey,
        HEADGATE_MOMENT: moment,
        HEADGATE_ATTEMPT: String(attempt),
        HEADGATE_SERVICE: payload.data.service,
        HEADGATE_ROLLOUT_ID: payload.data.rolloutId,
      };
      const limit = new AbortController();
      const stop = (): void => limit.abort();
      signal.addEventListener('abort', stop, { once: true });
      // A load runs for as long as its stage does.
      const timer = PURPOSE_OF[moment] === 'load' ? undefined : setTimeout(stop, timeoutMs);
      const input = JSON.stringify(payload);
      const order = {
        argv,
        env,
        cwd,
        input,
        outputBytes: OUTPUT_BYTES,
        graceMs: GRACE_MS,
        leaseMs: LEASE_MS,
        mark: `HEADGATE_RUN=${run}`,
      };
      const kept = runKept(order, limit.signal);
      running.set(idempotencyKey, kept);
      try {
        const report = await kept.catch((error: unknown) => {
          throw new HookUnansweredError(error instanceof Error ? error.message : String(error), { cause: error });
        });
        signal.throwIfAborted();
        const blank = createBlanker(options.env.flatMap((name) => seen[name] ?? []));
        return answerOf({ ...report, output: blank(report.output) }, limit.signal.aborted ? timeoutMs : null);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        if (running.get(idempotencyKey) === kept) running.delete(idempotencyKey);
      }
    },
    findObstacle: () => obstacleOf(options, environment()),
  };
}

function answerOf({ code, signal, failed, output }: KeeperReport, lateAfterMs: number | null) {
  const last = lastLine(output);
  const said = last === '' ? '' : `: ${last}`;
  if (failed !== undefined) throw new HookUnansweredError(`the command cannot be started (${failed})`);
  if (lateAfterMs !== null)
    throw new HookUnansweredError(`the command took longer than ${String(lateAfterMs)} ms and was ended${said}`);
  const answer = signal === null ? answerOfExit(code, output) : null;
  if (answer !== null) return answer;
  throw new HookUnansweredError(
    `the command ended with ${signal === null ? `exit code ${String(code)}` : `signal ${signal}`}${said}`,
  );
}

/** What it sees of the environment: what is named, and where programs are. */
function seenOf({ env }: CommandOptions, workerEnv: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    ['PATH', ...env].flatMap((name) => {
      const value = workerEnv[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function obstacleOf(
  { argv, cwd, env }: CommandOptions,
  seen: Record<string, string>,
): Promise<HookObstacle | null> {
  const [program = ''] = argv;
  const isPath = program.includes('/') || isAbsolute(program);
  const places = isPath
    ? [resolve(cwd, program)]
    : (seen.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  const found = await Promise.all(places.map(isExecutable));
  if (!found.includes(true))
    return {
      message: `the command ${program} is not found, or may not be run`,
      expected: isPath ? `a program ${places.join('')}` : 'a program in a folder of PATH',
      remedy: 'Install it where the worker runs, or correct argv',
    };
  const missing = env.filter((name) => seen[name] === undefined);
  if (missing.length === 0) return null;
  return {
    message: `the command is to see ${missing.join(', ')}, which the worker does not have`,
    expected: 'variables of the environment of the worker',
    remedy: 'Set them where the worker runs, or take them out of env',
  };
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
