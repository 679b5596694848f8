import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainProgram } from '../../../src/dev/binaries/obtain.js';
import { TEMPORAL_CLI } from '../../../src/dev/binaries/programs.js';
import { freePort } from '../../../src/dev/free-port.js';
import { startReaper } from '../../../src/dev/process/reaper.js';
import { startTemporalOnFreePorts, type TemporalServer } from '../../../src/dev/temporal-server.js';

/** A Temporal server of a test's own, which it may end, freeze and start again: what it knew is on disk. */
export interface OwnTemporal {
  readonly address: string;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** On the same port, with what it knew. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startOwnTemporal(): Promise<OwnTemporal> {
  const { path: executable } = await obtainProgram(TEMPORAL_CLI, { env: process.env, onProgress: () => undefined });
  const folder = await mkdtemp(join(tmpdir(), 'headgate-temporal-'));
  const reaper = startReaper();
  const port = await freePort();
  const start = (): Promise<TemporalServer> =>
    startTemporalOnFreePorts({ executable, reaper, dbFile: join(folder, 'temporal.db') }, { port, uiPort: 0 });
  let server = await start();
  const address = server.address;
  const signal = (name: NodeJS.Signals): void => void process.kill(-server.program.pid, name);
  return {
    address,
    kill: () => server.program.kill(),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async restart() {
      await server.client.connection.close();
      server = await start();
      if (server.address !== address) throw new Error(`somebody took ${address} meanwhile`);
    },
    async stop() {
      await server.stop();
      reaper.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
