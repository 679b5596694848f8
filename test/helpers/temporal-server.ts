import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainProgram } from '../../src/dev/binaries/obtain.js';
import { TEMPORAL_CLI } from '../../src/dev/binaries/programs.js';
import { startReaper } from '../../src/dev/process/reaper.js';
import { startTemporalOnFreePorts } from '../../src/dev/temporal-server.js';

export interface TestTemporal {
  /** `host:port` */
  readonly address: string;
  stop(): Promise<void>;
}

/** A Temporal development server on a free port that forgets everything at its end, gone at the latest when this process is. */
export async function startTestTemporal(): Promise<TestTemporal> {
  const { path } = await obtainProgram(TEMPORAL_CLI, {
    env: process.env,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  const folder = await mkdtemp(join(tmpdir(), 'headgate-temporal-'));
  const reaper = startReaper();
  const release = async (): Promise<void> => {
    reaper.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const dbFile = join(folder, 'temporal.db');
    const server = await startTemporalOnFreePorts({ executable: path, reaper, dbFile }, { port: 0, uiPort: 0 });
    return {
      address: server.address,
      async stop() {
        await server.stop();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}
