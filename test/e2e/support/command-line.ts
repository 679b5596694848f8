import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { stringify } from 'yaml';
import type { Document } from '../../../src/cli/output/documents.js';
import { parseDocument } from '../../cli/support/document-schemas.js';
import { until } from '../../helpers/until.js';
import type { World } from './world.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MAIN = join(ROOT, 'dist/cli/main.js');

/** Makes sure that the program under test is built from the sources that are there. */
export async function buildCommandLine(): Promise<void> {
  await promisify(execFile)(process.execPath, ['scripts/setup.mjs', '--packages'], { cwd: ROOT });
}

/** What a command line came to. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that has not ended yet. */
export interface Running {
  readonly output: () => string;
  readonly ended: Promise<Ran>;
  kill(signal: NodeJS.Signals): void;
  /** Until it has printed something like `pattern`. */
  prints(pattern: RegExp): Promise<void>;
}

/** Ends it with -9. */
export async function kill(running: Running): Promise<void> {
  running.kill('SIGKILL');
  await running.ended;
}

/** The built program, as a person in a folder with a configuration uses it. */
export interface CommandLine {
  readonly folder: string;
  start(...words: readonly string[]): Running;
  run(...words: readonly string[]): Promise<Ran>;
  /** As `run`, with `-o json`: the exit code and the document, which must have its promised shape. */
  ask(...words: readonly string[]): Promise<{ readonly code: number | null; readonly document: Document }>;
  write(name: string, document: object): Promise<string>;
  /** From the next command on it finds the router and the counts there, instead of past the world's relays. */
  pointTo(urls: { readonly router: string; readonly metrics: string }): Promise<void>;
  remove(): Promise<void>;
}

/** @param more beside what the world needs: sections of headgate.yaml, and what each service has besides */
export async function commandLineFor(
  world: World,
  env: NodeJS.ProcessEnv = {},
  more: { readonly sections?: object; readonly ofService?: (name: string) => object } = {},
): Promise<CommandLine> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-command-'));
  const write = async (name: string, document: object): Promise<string> => {
    await writeFile(join(folder, name), stringify(document));
    return name;
  };
  const { sections = {}, ofService = () => ({}) } = more;
  await write('headgate.yaml', { ...configurationOf(world, undefined, ofService), ...sections });
  const start = (...words: readonly string[]): Running =>
    running(words, folder, { PATH: process.env.PATH, TEMPORAL_ADDRESS: inject('temporalAddress'), ...env });
  const run = (...words: readonly string[]): Promise<Ran> => start(...words).ended;
  return {
    folder,
    start,
    run,
    ask: async (...words) => {
      const { code, stdout, stderr } = await run(...words, '-o', 'json');
      if (stdout === '') throw new Error(`${words.join(' ')} printed nothing; it said: ${stderr}`);
      return { code, document: parseDocument(stdout) };
    },
    write,
    pointTo: async (urls) => {
      await write('headgate.yaml', configurationOf(world, urls));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function configurationOf(
  { services, routerRelay, metricsRelay, blue, green, journalFolder, observationsFolder, taskQueue }: World,
  urls = { router: urlOf(routerRelay), metrics: urlOf(metricsRelay) },
  ofService: (name: string) => object = () => ({}),
): object {
  const gateway = (url: string) => ({ gateway: { kind: 'gateway', instances: [url] } });
  return {
    routers: gateway(urls.router),
    metrics: gateway(urls.metrics),
    services: Object.fromEntries(
      services.map((name) => [
        name,
        {
          router: 'gateway',
          metrics: 'gateway',
          backends: { blue: { url: blue.url }, green: { url: green.url } },
          health: { version: { path: '/version', field: 'version' } },
          ...ofService(name),
        },
      ]),
    ),
    journal: { kind: 'file', path: journalFolder },
    observations: { kind: 'file', path: observationsFolder },
    temporal: { taskQueue },
    workflowIdPrefix: `${taskQueue}/`,
  };
}

function urlOf({ host, port }: World['routerRelay']): string {
  return `http://${host}:${String(port)}`;
}

function running(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Running {
  const child = spawn(process.execPath, [MAIN, ...words], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const output = (): string => `${stdout}${stderr}`;
  return {
    output,
    ended: once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr })),
    kill: (signal) => void child.kill(signal),
    prints: async (pattern) => {
      await until(`"headgate ${words.join(' ')}" prints ${String(pattern)}`, () => pattern.test(output()), {
        deadlineMs: 90_000,
      }).catch((error: unknown) => {
        throw new Error(`it printed ${output()}`, { cause: error });
      });
    },
  };
}
