import { request } from 'undici';
import { builtFile } from './built-file.js';
import { WORKER_READY_MS } from './defaults.js';
import { keepRunning } from './process/keep-running.js';
import { startProgram, type Program } from './process/program.js';
import type { Reaper } from './process/reaper.js';
import { waitFor, type Look } from './wait-for.js';

export interface WorkerProcessOptions {
  readonly configFile: string;
  /** Where its `/readyz` answers, whatever the configuration says. */
  readonly healthPort: number;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile?: string;
  readonly reaper: Reaper;
  /** Hears of every process that is started; never rejects. */
  readonly onStart?: (pid: number) => Promise<void>;
  /** Hears how it ended by itself, and the process id of the one that was started instead. */
  readonly onRestart?: (how: string, pid: number) => void;
  readonly signal?: AbortSignal;
}

/** A worker in a process of its own, so that it can be killed and comes back. */
export interface WorkerProcess {
  readonly pid: () => number;
  stop(): Promise<void>;
}

/**
 * Starts `headgate worker` and waits until it polls. When it ends by itself later it is started again: rollouts wait
 * for it meanwhile.
 *
 * @throws ProgramEndedError when the first one ends before it polls; NotReadyError when it takes too long.
 */
export async function startWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const start = async (): Promise<Program> => {
    const program = await startProgram({
      name: 'the worker',
      command: process.execPath,
      args: [builtFile('cli/main.js'), 'worker', '--config', options.configFile],
      env: { ...options.env, HEADGATE_HEALTH_PORT: String(options.healthPort) },
      reaper: options.reaper,
      ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
    });
    await options.onStart?.(program.pid);
    return program;
  };
  const first = await start();
  try {
    await untilPolling(first, options);
  } catch (error) {
    await first.stop();
    throw error;
  }
  const kept = keepRunning({
    first,
    startAgain: start,
    onRestart: (how, { pid }) => options.onRestart?.(how, pid),
  });
  return { pid: () => kept.current().pid, stop: () => kept.stop() };
}

async function untilPolling(program: Program, { healthPort, signal }: WorkerProcessOptions): Promise<void> {
  const url = `http://127.0.0.1:${String(healthPort)}/readyz`;
  const look = async (): Promise<Look<true>> => {
    program.assertRunning();
    try {
      const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(1000) });
      await body.dump();
      return statusCode === 200 ? { value: true } : { notYet: `it answers ${String(statusCode)}` };
    } catch (error) {
      return { notYet: error instanceof Error ? error.message : String(error) };
    }
  };
  await waitFor(`the worker to poll (${url})`, look, {
    deadlineMs: WORKER_READY_MS,
    ...(signal === undefined ? {} : { signal }),
  });
}
