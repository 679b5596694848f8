import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../src/dev/free-port.js';
import type { RealServer } from './real-servers.js';
import { until } from './until.js';

export const PROMETHEUS: RealServer = {
  name: 'Prometheus',
  executable: 'prometheus',
  debianPackage: 'prometheus',
};

/** What it scrapes: `host:port` by job, and where. */
export interface ScrapeJob {
  readonly job: string;
  readonly targets: readonly string[];
  /** Default `/metrics`. */
  readonly path?: string;
}

export interface PrometheusSetup {
  readonly executable: string;
  readonly jobs: readonly ScrapeJob[];
  readonly scrapeIntervalMs: number;
}

/** A real Prometheus on loopback, with its own folder. */
export interface RunningPrometheus {
  readonly url: string;
  readonly port: number;
  /** Ends it without a farewell. */
  kill(): Promise<void>;
  /** Starts it again, at the same address and with what it had stored. */
  restart(): Promise<void>;
  /** Scrapes other targets from now on. */
  configure(jobs: readonly ScrapeJob[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startPrometheus({
  executable,
  jobs,
  scrapeIntervalMs,
}: PrometheusSetup): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-prometheus-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const config = join(folder, 'prometheus.yml');
  const write = (scraped: readonly ScrapeJob[]): Promise<void> =>
    writeFile(config, configurationOf(scraped, scrapeIntervalMs));
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    let said = '';
    const started = spawn(
      executable,
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${String(port)}`,
        '--log.level=warn',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    started.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child = started;
    await until(
      'Prometheus is ready',
      async () => {
        if (started.exitCode !== null) throw new Error(`it ended with ${String(started.exitCode)}: ${said}`);
        return (await fetch(`${url}/-/ready`)).ok;
      },
      { deadlineMs: 20_000 },
    );
  }

  async function kill(): Promise<void> {
    if (child === null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    child = null;
    await ended;
  }

  await write(jobs);
  await start();
  return {
    url,
    port,
    kill,
    restart: start,
    async configure(scraped) {
      await write(scraped);
      child?.kill('SIGHUP');
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configurationOf(jobs: readonly ScrapeJob[], scrapeIntervalMs: number): string {
  const interval = `${String(scrapeIntervalMs)}ms`;
  return stringify({
    global: { scrape_interval: interval, scrape_timeout: interval },
    scrape_configs: jobs.map(({ job, targets, path = '/metrics' }) => ({
      job_name: job,
      metrics_path: path,
      static_configs: [{ targets }],
    })),
  });
}
