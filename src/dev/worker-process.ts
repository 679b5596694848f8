import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { WORKER_READY_MS } from './defaults.js';
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
  /** Hears how it ended by itself, and the process id of the one that was started instead. */
  readonly onRestart?: (how: string, pid: number) => void;
  readonly signal?: AbortSignal;
}

/** A worker in a process of its own, so that it can be killed and comes back. */
export interface WorkerProcess {
  readonly pid: () => number;
  stop(): Promise<void>;
}

const PAUSE_BEFORE_RESTART_MS = 500;

/**
 * Starts `headgate worker` and waits until it polls. When it ends by itself later it is started again: rollouts wait
 * for it meanwhile.
 *
 * @throws ProgramEndedError when the first one ends before it polls; NotReadyError when it takes too long.
 */
export async function startWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const start = (): Promise<Program> =>
    startProgram({
      name: 'the worker',
      command: process.execPath,
      args: [commandLineEntry(), 'worker', '--config', options.configFile],
      env: { ...options.env, HEADGATE_HEALTH_PORT: String(options.healthPort) },
      reaper: options.reaper,
      ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
    });
  const stopping = new AbortController();
  let program = await start();
  try {
    await untilPolling(program, options);
  } catch (error) {
    await program.stop();
    throw error;
  }

  const isStopping = (): boolean => stopping.signal.aborted;
  async function keep(): Promise<void> {
    while (!isStopping()) {
      const how = await program.ended;
      if (isStopping()) return;
      await sleep(PAUSE_BEFORE_RESTART_MS);
      if (isStopping()) return;
      program = await start();
      options.onRestart?.(how, program.pid);
    }
  }
  const keeping = keep();

  return {
    pid: () => program.pid,
    async stop() {
      stopping.abort();
      await program.stop();
      await keeping;
      // One that was being started again meanwhile.
      await program.stop();
    },
  };
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

/** The command line as it was built, also when this runs from the sources. */
function commandLineEntry(): string {
  const candidates = ['../cli/main.js', '../../dist/cli/main.js'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return candidates.find((path) => existsSync(path)) ?? candidates[0] ?? '';
}
