import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../src/dev/free-port.js';
import { startProgram, type Program } from '../../../src/dev/process/program.js';
import type { Reaper } from '../../../src/dev/process/reaper.js';
import type { ServiceSetup } from '../schedule/schedule.js';
import type { BackendsReady } from './backends-part.js';
import { HEADGATE, quietEnvironment } from './command-line.js';
import { configurationOf, type PlaneConfig } from './configuration.js';
import type { WorkerRelays } from './relays-part.js';

export interface WorkersOptions {
  readonly directory: string;
  readonly reaper: Reaper;
  readonly urls: BackendsReady['urls'];
  readonly services: readonly ServiceSetup[];
  readonly plane: PlaneConfig;
  readonly journalPath: string;
  readonly relays: readonly WorkerRelays[];
}

/** A real `headgate worker`, which can be killed and started again. */
export interface ChaosWorker {
  readonly pid: () => number;
  kill(): Promise<void>;
  /** In order, as a rolling restart does it. */
  stop(): Promise<void>;
  /** Until it polls. */
  start(): Promise<void>;
}

const READY_MS = 60_000;
const LOOK_EVERY_MS = 100;

export async function startWorkers(options: WorkersOptions): Promise<readonly ChaosWorker[]> {
  const workers = await Promise.all(options.relays.map((relays, index) => makeWorker(options, relays, index)));
  await Promise.all(workers.map((worker) => worker.start()));
  return workers;
}

async function makeWorker(
  { directory, reaper, urls, services, plane, journalPath }: WorkersOptions,
  { temporalPort, routerUrl, metricsUrl }: WorkerRelays,
  index: number,
): Promise<ChaosWorker> {
  const configFile = join(directory, `worker-${String(index)}.json`);
  const configuration = configurationOf({ urls, services, plane, routerUrl, metricsUrl, journalPath, directory });
  await writeFile(configFile, JSON.stringify(configuration, null, 2));
  const healthPort = await freePort();
  let program: Program | null = null;
  return {
    pid: () => program?.pid ?? 0,
    async kill() {
      await program?.kill();
    },
    async stop() {
      await program?.stop();
    },
    async start() {
      program = await startProgram({
        name: `worker ${String(index)}`,
        command: process.execPath,
        args: [HEADGATE, 'worker', '--config', configFile],
        env: {
          ...quietEnvironment(),
          TEMPORAL_ADDRESS: `127.0.0.1:${String(temporalPort)}`,
          HEADGATE_HEALTH_PORT: String(healthPort),
        },
        logFile: join(directory, `worker-${String(index)}.log`),
        reaper,
      });
      await untilPolling(program, healthPort);
    },
  };
}

/** It may be killed again before it polls, and Temporal may be away: neither is an error of the round. */
async function untilPolling(program: Program, healthPort: number): Promise<void> {
  const life = { hasEnded: false };
  void program.ended.then(() => {
    life.hasEnded = true;
  });
  const isReady = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${String(healthPort)}/readyz`, { signal: AbortSignal.timeout(1000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  for (const endsAtMs = performance.now() + READY_MS; performance.now() < endsAtMs && !life.hasEnded;) {
    if (await isReady()) return;
    await sleep(LOOK_EVERY_MS);
  }
}
