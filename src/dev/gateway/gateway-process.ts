import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayOptions, GatewayOwner } from '../../gateway/options.js';
import { builtFile } from '../built-file.js';
import { STOP_GRACE_MS } from '../defaults.js';
import { GatewayFailedError, ProgramEndedError } from '../errors.js';
import type { Reaper } from '../process/reaper.js';
import type { GatewayAnswer, GatewayOrder } from './messages.js';

/** A gateway in a process of its own: neither Temporal nor whoever has started it can take it down. */
export interface GatewayProcess {
  readonly pid: number;
  readonly trafficUrl: string;
  readonly adminUrl: string;
  readonly ended: Promise<string>;
  /** Lets requests in flight end. */
  stop(): Promise<void>;
}

export interface GatewayProcessOptions {
  readonly gateway: GatewayOptions & { readonly owner: GatewayOwner };
  readonly env: NodeJS.ProcessEnv;
  /** Ends it with us, however we end. Absent: it outlives us when we are killed. */
  readonly reaper?: Reaper;
}

/** Its file in the folder that its owner keeps. */
const GATEWAY_LOG = 'gateway.log';

/**
 * Starts a gateway and waits until it serves.
 *
 * @throws GatewayFailedError as the gateway itself does; of a port that it cannot have with the system's code,
 * such as `EADDRINUSE`.
 */
export async function startGatewayProcess(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const { gateway, reaper } = options;
  const child = spawnGateway(options);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${String(code)}` : `signal ${signal}`));
  });
  const { pid } = child;
  if (pid === undefined) throw new ProgramEndedError('the gateway', await ended, '');
  reaper?.watch(pid);
  void ended.then(() => reaper?.forget(pid));
  const urls = await answerOf(child, { options: gateway }, ended);
  // From here on nothing binds the two.
  child.disconnect();
  child.unref();
  return { pid, ...urls, ended, stop: () => stopProcess(pid, ended) };
}

function spawnGateway({ gateway, env }: GatewayProcessOptions): ChildProcess {
  const { directory } = gateway.owner;
  const log = openSync(join(directory, GATEWAY_LOG), 'a');
  try {
    // The folder is named for whoever looks at the list of processes.
    return fork(builtFile('dev/gateway/main.js'), [directory], {
      cwd: directory,
      env,
      execArgv: [],
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}

async function answerOf(
  child: ChildProcess,
  order: GatewayOrder,
  ended: Promise<string>,
): Promise<{ readonly trafficUrl: string; readonly adminUrl: string }> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const answered = once(child, 'message', { signal }).then(([message]) => message as GatewayAnswer);
  child.send(order);
  try {
    const answer = await Promise.race([answered, ended]);
    if (typeof answer === 'string') throw new ProgramEndedError('the gateway', answer, '');
    if ('failure' in answer) {
      const { code, message, port, ...facts } = answer.failure;
      throw new GatewayFailedError(code ?? 'GATEWAY_FAILED', message, port, facts);
    }
    return answer;
  } finally {
    answered.catch(() => undefined);
    waiting.abort();
  }
}

/** Asks it to end, waits, and ends it when it takes too long. */
export async function stopProcess(pid: number, ended: Promise<string>): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!send(pid, signal)) break;
    if (await endsWithin(STOP_GRACE_MS, ended)) return;
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

async function endsWithin(graceMs: number, ended: Promise<string>): Promise<boolean> {
  const waiting = new AbortController();
  const late = sleep(graceMs, false, { signal: waiting.signal, ref: true }).catch(() => false);
  const inTime = await Promise.race([ended.then(() => true), late]);
  waiting.abort();
  return inTime;
}
