import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../domain/search-attributes.js';
import { TEMPORAL_READY_MS } from './defaults.js';
import { ProgramEndedError } from './errors.js';
import { freePort } from './free-port.js';
import { startProgram, type Program } from './process/program.js';
import type { Reaper } from './process/reaper.js';
import { waitFor, type Look } from './wait-for.js';

export interface TemporalServerOptions {
  /** The `temporal` program. */
  readonly executable: string;
  readonly port: number;
  readonly uiPort: number;
  /** Keeps workflows over a restart. In memory alone the server forgets all it knows when it is too busy for a query. */
  readonly dbFile: string;
  readonly logFile?: string;
  readonly reaper: Reaper;
  readonly signal?: AbortSignal;
}

/** A Temporal development server that serves. */
export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
  readonly program: Program;
  /** Connected to it, whatever the environment says about other servers. */
  readonly client: Client;
  stop(): Promise<void>;
  /** The same server once more, on the same ports and file, when its program has ended. */
  startAgain(signal: AbortSignal): Promise<Program>;
}

const DEV_NAMESPACE = 'default';

/**
 * A commit need not wait for the disk: what a killed server has committed is there all the same, only a power cut may
 * cost the newest of it. It halves what each step of a rollout takes.
 */
const SQLITE_PRAGMAS = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'];

/** Sentences of the server's own: nothing else tells that it is ours that listens, or which ports it failed for. */
const SAYS = { serves: 'Temporal Server:', portTaken: 'address already in use' } as const;

/** It chooses ports for its own services too, and several servers may start at once. */
const MOST_ATTEMPTS = 3;

/**
 * Starts a Temporal development server and waits until it serves and knows Headgate's search attributes; on other ports
 * when somebody takes the preferred ones in the very moment.
 *
 * @param preferred used when nobody has them
 * @throws ProgramEndedError when it ends meanwhile; NotReadyError when it takes too long.
 */
export async function startTemporalOnFreePorts(
  options: Omit<TemporalServerOptions, 'port' | 'uiPort'>,
  preferred: { readonly port: number; readonly uiPort: number },
): Promise<TemporalServer> {
  let ports = { port: await freePort(preferred.port), uiPort: await freePort(preferred.uiPort) };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startTemporalServer({ ...options, ...ports });
    } catch (error) {
      const isTaken = error instanceof ProgramEndedError && error.output.includes(SAYS.portTaken);
      if (!isTaken || attempt === MOST_ATTEMPTS) throw error;
      ports = { port: await freePort(), uiPort: await freePort() };
    }
  }
}

async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { program, connection } = await launchTemporal(options);
  return {
    address: addressOf(options),
    namespace: DEV_NAMESPACE,
    uiUrl: `http://127.0.0.1:${String(options.uiPort)}`,
    program,
    client: new Client({ connection, namespace: DEV_NAMESPACE, identity: `headgate-dev@${String(process.pid)}` }),
    async stop() {
      await connection.close();
      await program.stop();
    },
    startAgain: async (signal) => {
      const again = await launchTemporal({ ...options, signal });
      await again.connection.close();
      return again.program;
    },
  };
}

function addressOf({ port }: TemporalServerOptions): string {
  return `127.0.0.1:${String(port)}`;
}

async function launchTemporal(
  options: TemporalServerOptions,
): Promise<{ readonly program: Program; readonly connection: Connection }> {
  const address = addressOf(options);
  const program = await startProgram({
    name: 'the Temporal server',
    command: options.executable,
    args: argumentsFor(options),
    reaper: options.reaper,
    ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
  });
  try {
    const connection = await waitFor(
      `the Temporal server to answer on ${address} and to know the search attributes`,
      () => connectWhenReady(program, address),
      { deadlineMs: TEMPORAL_READY_MS, ...(options.signal === undefined ? {} : { signal: options.signal }) },
    );
    return { program, connection };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

function argumentsFor({ port, uiPort, dbFile }: TemporalServerOptions): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--ui-ip', '127.0.0.1'],
    ...['--port', String(port), '--ui-port', String(uiPort), '--ui-disable-news-fetch'],
    ...['--namespace', DEV_NAMESPACE, '--log-level', 'warn'],
    ...['--db-filename', dbFile, ...SQLITE_PRAGMAS],
    ...serverFlags(),
  ];
}

async function connectWhenReady(program: Program, address: string): Promise<Look<Connection>> {
  program.assertRunning();
  // Another server may have taken the port since we looked: only ours tells us that it listens there.
  if (!program.lastOutput().includes(SAYS.serves)) return { notYet: 'it has not said that it serves' };
  let connection: Connection | null = null;
  try {
    connection = await Connection.connect({ address, connectTimeout: 1000 });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: DEV_NAMESPACE });
    const missing = Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in customAttributes));
    if (missing.length === 0) return { value: connection };
    await connection.close();
    return { notYet: `it does not know ${missing.join(', ')} yet` };
  } catch (error) {
    await connection?.close();
    return { notYet: error instanceof Error ? error.message : String(error) };
  }
}

const CLI_TYPES = { KEYWORD: 'Keyword', INT: 'Int', DOUBLE: 'Double', BOOL: 'Bool' } as const;

/**
 * What updates under way may weigh together, in bytes. The server hands all of them to a worker in one task and takes
 * 20 MB of them, but no answer of more than 4 MB: it terminates the rollout instead, which leaves its traffic where it is.
 */
const LARGEST_UPDATES = 1_000_000;

/** The flags that make a development server fit for rollouts. */
export function serverFlags(): string[] {
  return [
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
      '--search-attribute',
      `${name}=${CLI_TYPES[type]}`,
    ]),
    ...['--dynamic-config-value', `history.maxInFlightUpdatePayloads=${String(LARGEST_UPDATES)}`],
  ];
}
