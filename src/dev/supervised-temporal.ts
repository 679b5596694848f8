import { formatElapsed } from '../domain/duration.js';
import { keepRunning } from './process/keep-running.js';
import type { Program } from './process/program.js';
import type { TemporalServer } from './temporal-server.js';

/** A Temporal server that is started again when it ends by itself. */
export interface SupervisedTemporal extends Pick<TemporalServer, 'address' | 'namespace' | 'uiUrl' | 'client'> {
  /** Resolves with the last failure when it could not be started again. */
  readonly givenUp: Promise<unknown>;
  stop(): Promise<void>;
}

/** Longer than a slow machine or a port that is free in a moment needs: with the pauses between them, half a minute. */
const MOST_FAILED_STARTS = 6;

/** Rollouts wait for it meanwhile: everything that it has committed is in its file. */
export async function superviseTemporal(
  server: TemporalServer,
  { say, onStart }: { readonly say: (line: string) => void; readonly onStart: (pid: number) => Promise<void> },
): Promise<SupervisedTemporal> {
  const { address, namespace, uiUrl, client } = server;
  await onStart(server.program.pid);
  const kept = keepRunning<Program>({
    first: server.program,
    startAgain: async (signal) => {
      const program = await server.startAgain(signal);
      await onStart(program.pid);
      return program;
    },
    mostFailures: MOST_FAILED_STARTS,
    onEnd: (how) => say(`Temporal ended (${how}) and is started again; meanwhile the gateway keeps its weights`),
    onRestart: (_, { pid }) => say(`Temporal answers again, as process ${String(pid)}: rollouts go on`),
    onFailure: (error, nextInMs) =>
      say(
        `Temporal could not be started again: ${firstLine(error)}${nextInMs === null ? '' : `; next try in ${formatElapsed(nextInMs)}`}`,
      ),
  });
  return {
    address,
    namespace,
    uiUrl,
    client,
    givenUp: kept.givenUp,
    async stop() {
      await client.connection.close();
      await kept.stop();
    },
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
