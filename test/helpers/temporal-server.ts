import { obtainProgram } from '../../src/dev/binaries/obtain.js';
import { TEMPORAL_CLI } from '../../src/dev/binaries/programs.js';
import { startReaper } from '../../src/dev/process/reaper.js';
import { startTemporalOnFreePorts } from '../../src/dev/temporal-server.js';

export interface TestTemporal {
  /** `host:port` */
  readonly address: string;
  stop(): Promise<void>;
}

/** A Temporal development server in memory, on a free port, gone at the latest when this process is. */
export async function startTestTemporal(): Promise<TestTemporal> {
  const { path } = await obtainProgram(TEMPORAL_CLI, {
    env: process.env,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  const reaper = startReaper();
  try {
    const server = await startTemporalOnFreePorts({ executable: path, reaper }, { port: 0, uiPort: 0 });
    return {
      address: server.address,
      async stop() {
        await server.stop();
        reaper.close();
      },
    };
  } catch (error) {
    reaper.close();
    throw error;
  }
}
