import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { askWhoAnswers, type GatewayIdentity } from '../../../src/adapters/gateway/who-answers.js';
import { freePort } from '../../../src/dev/free-port.js';
import { shareOf, type Weights } from '../../../src/domain/traffic/weights.js';
import { startDemoBackend, type DemoBackend } from '../../e2e/support/demo-backend.js';
import { until } from '../../helpers/until.js';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** A program is loaded and a server answers before everything is up; on a busy machine that takes its time. */
const UP_MS = 90_000;

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** `headgate dev` at work. */
export interface RunningDev {
  readonly pid: number;
  readonly output: () => string;
  readonly ended: Promise<Ran>;
  /** Until everything is up. */
  readonly isUp: Promise<unknown>;
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** A program of its list, by its name. */
  pidOf(program: 'Temporal server' | 'worker' | 'reaper'): Promise<number>;
  kill(signal: NodeJS.Signals): Promise<Ran>;
}

/** A folder with a headgate.yaml, and a service in two slots, as a person has them. */
export interface Project {
  readonly folder: string;
  readonly adminUrl: string;
  readonly blue: DemoBackend;
  readonly green: DemoBackend;
  dev(...words: readonly string[]): RunningDev;
  run(words: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ran>;
  gateway(): Promise<GatewayIdentity>;
  weights(service?: string): Promise<Weights>;
  /** In percent. */
  share(backend: string): Promise<number>;
  setWeights(percentOfGreen: number, service?: string): Promise<void>;
  configure(services?: readonly string[], adminUrl?: string): Promise<void>;
  /** Ends what still runs, and removes the folder. */
  remove(): Promise<void>;
}

export async function createProject(adminPort?: number): Promise<Project> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'headgate-project-')));
  const adminUrl = `http://127.0.0.1:${String(adminPort ?? (await freePort()))}`;
  const [blue, green] = await Promise.all([startDemoBackend('v1'), startDemoBackend('v2')]);
  const running: RunningDev[] = [];
  const gateway = async (): Promise<GatewayIdentity> => {
    const who = await askWhoAnswers(adminUrl, 5000);
    if (who.kind !== 'gateway') throw new Error(`there is ${JSON.stringify(who)} at ${adminUrl}`);
    return who;
  };
  const configure: Project['configure'] = (services = ['shop'], url = adminUrl) =>
    writeFile(
      join(folder, 'headgate.yaml'),
      stringify({
        routers: { gateway: { kind: 'gateway', instances: [url] } },
        metrics: { gateway: { kind: 'gateway', instances: [url] } },
        services: Object.fromEntries(
          services.map((name) => [
            name,
            {
              router: 'gateway',
              metrics: 'gateway',
              backends: { blue: { url: blue.url }, green: { url: green.url } },
              health: { endpoints: ['/health'], version: { path: '/version', field: 'version' } },
            },
          ]),
        ),
      }),
    );
  await configure();
  const routes = (service: string): string => `${adminUrl}/routes/${service}/weights`;
  const weights: Project['weights'] = async (service = 'shop') =>
    ((await (await fetch(routes(service))).json()) as { weights: Weights }).weights;
  return {
    folder,
    adminUrl,
    blue,
    green,
    configure,
    dev(...words) {
      const dev = startDev(folder, words);
      running.push(dev);
      return dev;
    },
    run: (words, env = {}) => finished(start(folder, words, env)),
    gateway,
    weights,
    share: async (backend) => shareOf(await weights(), backend),
    async setWeights(percent, service = 'shop') {
      const wanted = [
        { backend: 'green', percent },
        { backend: 'blue', percent: 100 - percent },
      ];
      const answer = await fetch(routes(service), { method: 'PUT', body: JSON.stringify({ weights: wanted }) });
      if (!answer.ok) throw new Error(await answer.text());
    },
    async remove() {
      await Promise.all(running.map((dev) => dev.kill('SIGTERM')));
      const who = await askWhoAnswers(adminUrl, 5000);
      if (who.kind === 'gateway' && who.owner === join(folder, '.headgate')) process.kill(who.pid, 'SIGKILL');
      await Promise.all([blue.stop(), green.stop()]);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function start(cwd: string, words: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [MAIN, ...words], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function listenTo(child: ChildProcess): () => string {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  return () => said;
}

async function finished(child: ChildProcess): Promise<Ran> {
  const output = listenTo(child);
  await once(child, 'close');
  return { code: child.exitCode, output: output() };
}

function startDev(folder: string, words: readonly string[]): RunningDev {
  const child = start(folder, ['dev', ...words], {});
  const output = listenTo(child);
  let hasEnded = false;
  const ended = once(child, 'close').then(() => {
    hasEnded = true;
    return { code: child.exitCode, output: output() };
  });
  const says: RunningDev['says'] = (pattern) =>
    until(
      `headgate dev says ${String(pattern)}`,
      () => {
        const found = pattern.exec(output());
        if (found === null && hasEnded) throw new Error(`it has ended: ${output()}`);
        return found;
      },
      { deadlineMs: UP_MS },
    );
  return {
    pid: child.pid ?? 0,
    output,
    ended,
    isUp: says(/Ctrl-C ends it/),
    says,
    async pidOf(program) {
      const text = await readFile(join(folder, '.headgate', 'programs.json'), 'utf8');
      const entry = (JSON.parse(text) as Record<string, { pid: number }>)[program];
      if (entry === undefined) throw new Error(`there is no ${program} in ${text}`);
      return entry.pid;
    },
    kill(signal) {
      if (!hasEnded) child.kill(signal);
      return ended;
    },
  };
}
