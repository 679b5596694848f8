import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { haproxyMap, haproxyConfig } from '../../../src/config/starters/haproxy.js';
import { freePort } from '../../../src/dev/free-port.js';
import { RuntimeSocket } from '../../../src/adapters/routers/haproxy/runtime-socket.js';
import type { Slot } from '../../contract/support/backends.js';
import { until } from '../../contract/support/eventually.js';

/** One real HAProxy in a folder of its own. */
export interface Haproxy {
  readonly folder: string;
  /** Path of its runtime socket. */
  readonly socket: string;
  /** Where users come in. */
  readonly trafficUrl: string;
  /** What Prometheus asks. */
  readonly exporterUrl: string;
  readonly mapFile: string;
  /** One line to its runtime API. */
  ask(line: string): Promise<string>;
  /** A new process takes over, as `systemctl reload haproxy` does it. */
  reload(): Promise<void>;
  /** Ends the process and starts another on the same ports. */
  restart(): Promise<void>;
  /** Ends the process only. */
  halt(): Promise<void>;
  /** Starts it again on the same ports. */
  resume(): Promise<void>;
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

export interface HaproxySetup {
  /** URLs of the real backends. */
  readonly backends: Readonly<Record<Slot, string>>;
  readonly service?: string;
  /** Changes what is written by `headgate init --router haproxy`. */
  readonly config?: (text: string) => string;
  readonly map?: string;
}

/** A port that was free a moment ago may have found another user: then with others. */
const ATTEMPTS = 5;

/** Only a machine that stands still takes so long. */
const ASK_MS = 20_000;

/** Starts the given program with the configuration that `headgate init --router haproxy` writes. */
export async function startHaproxy(executable: string, setup: HaproxySetup): Promise<Haproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-haproxy-'));
  const { service = 'checkout', backends, config = (text: string) => text, map = haproxyMap(service) } = setup;
  await writeFile(join(folder, 'share.map'), map);
  for (let attempt = 1; ; attempt += 1) {
    const [trafficPort, metricsPort] = [await freePort(), await freePort()];
    const written = haproxyConfig({
      service,
      bind: `127.0.0.1:${String(trafficPort)}`,
      metricsBind: `127.0.0.1:${String(metricsPort)}`,
      servers: { blue: new URL(backends.blue).host, green: new URL(backends.green).host },
    });
    await writeFile(join(folder, 'haproxy.cfg'), config(written));
    const ports = [trafficPort, metricsPort];
    try {
      const process = await startProcess(executable, folder, ports);
      return haproxyOf({ executable, folder, trafficPort, metricsPort }, process);
    } catch (error) {
      if (attempt < ATTEMPTS && String(error).includes('cannot bind')) continue;
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

interface Place {
  readonly executable: string;
  readonly folder: string;
  readonly trafficPort: number;
  readonly metricsPort: number;
}

function haproxyOf({ executable, folder, trafficPort, metricsPort }: Place, first: ChildProcess): Haproxy {
  let process = first;
  const socket = join(folder, 'haproxy.sock');
  const runtime = new RuntimeSocket({ path: socket }, ASK_MS);
  const ask = (line: string): Promise<string> => runtime.ask([line]);
  const pid = async (): Promise<string | undefined> => /^Pid: (\d+)$/m.exec(await ask('show info'))?.[1];
  const halt = (): Promise<void> => end(process);
  const resume = async (): Promise<void> => {
    process = await startProcess(executable, folder, [trafficPort, metricsPort]);
  };
  return {
    folder,
    socket,
    trafficUrl: `http://127.0.0.1:${String(trafficPort)}`,
    exporterUrl: `http://127.0.0.1:${String(metricsPort)}/metrics`,
    mapFile: join(folder, 'share.map'),
    ask,
    async reload() {
      const before = await pid();
      process.kill('SIGUSR2');
      await until('the new process to answer', async () => {
        const now = await pid().catch(() => before);
        return now !== undefined && now !== before;
      });
    },
    halt,
    resume,
    async restart() {
      await halt();
      await resume();
    },
    async stop() {
      await halt();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** In the foreground, with a master that reloads at SIGUSR2. */
async function startProcess(executable: string, folder: string, ports: readonly number[]): Promise<ChildProcess> {
  const child = spawn(executable, ['-W', '-f', 'haproxy.cfg'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (part: Buffer) => (said += part.toString()));
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  const killed = (): void => void child.kill('SIGTERM');
  process.once('exit', killed);
  child.once('exit', () => process.removeListener('exit', killed));
  await until('HAProxy to listen', async () => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`HAProxy has ended: ${said}`);
    const answers = await Promise.all([...ports.map((port) => takes({ port, host: '127.0.0.1' }))]);
    return answers.every(Boolean) && (await takes({ path: join(folder, 'haproxy.sock') }));
  }).catch(async (error: unknown) => {
    await end(child);
    throw error;
  });
  return child;
}

function takes(
  address: { readonly port: number; readonly host: string } | { readonly path: string },
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const say = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', say(true)).once('error', say(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
