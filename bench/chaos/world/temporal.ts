import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { freePort } from '../../../src/dev/free-port.js';
import { startProgram, type Program } from '../../../src/dev/process/program.js';
import type { Reaper } from '../../../src/dev/process/reaper.js';
import { serverFlags } from '../../../src/dev/temporal-server.js';

export interface TemporalOptions {
  readonly executable: string;
  readonly dbFile: string;
  readonly logFile: string;
  readonly reaper: Reaper;
}

/** A real Temporal development server on a database, which can be killed and started again on the same ports. */
export interface ChaosTemporal {
  readonly port: number;
  readonly client: Client;
  readonly pid: () => number;
  kill(): Promise<void>;
  /** Until it answers. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const READY_MS = 60_000;
const LOOK_EVERY_MS = 100;

export async function startTemporal(options: TemporalOptions): Promise<ChaosTemporal> {
  const port = await freePort();
  const address = `127.0.0.1:${String(port)}`;
  let program: Program = await launch(options, port);
  await untilReady(program, address);
  const connection = await Connection.connect({ address });
  return {
    port,
    client: new Client({ connection, identity: 'chaos' }),
    pid: () => program.pid,
    kill: () => program.kill(),
    async start() {
      program = await launch(options, port);
      await untilReady(program, address);
    },
    async stop() {
      await connection.close();
      await program.kill();
    },
  };
}

function launch({ executable, dbFile, logFile, reaper }: TemporalOptions, port: number): Promise<Program> {
  return startProgram({
    name: 'Temporal',
    command: executable,
    args: [
      ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'],
      ...['--db-filename', dbFile, '--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'],
      ...serverFlags(),
    ],
    logFile,
    reaper,
  });
}

async function untilReady(program: Program, address: string): Promise<void> {
  const endsAtMs = performance.now() + READY_MS;
  for (;;) {
    program.assertRunning();
    const trouble = await whyNotReady(address);
    if (trouble === null) return;
    if (performance.now() > endsAtMs) throw new Error(`Temporal is not ready after ${String(READY_MS)} ms: ${trouble}`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** It answers before it knows the namespace and its search attributes. */
async function whyNotReady(address: string): Promise<string | null> {
  let connection: Connection | null = null;
  try {
    connection = await Connection.connect({ address, connectTimeout: 1000 });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    return 'HeadgateNeedsHuman' in customAttributes ? null : 'it does not know the search attributes';
  } catch (error) {
    return String(error);
  } finally {
    await connection?.close();
  }
}
