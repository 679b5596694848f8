import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { WorkflowNotFoundError } from '@temporalio/client';
import '../helpers/quiet-runtime.js';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CanaryDeployment } from '../../src/client/canary/canary-deployment.js';
import { connectToTemporal } from '../../src/client/temporal.js';
import { loadConfig } from '../../src/config/load-config.js';
import { obtainProgram } from '../../src/dev/binaries/obtain.js';
import { TEMPORAL_CLI } from '../../src/dev/binaries/programs.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import { startGateway } from '../../src/gateway/gateway.js';
import { createPorts } from '../../src/wiring/create-ports.js';
import { startWorker } from '../../src/worker/start-worker.js';
import { DEFAULT_WORKER_SETTINGS } from '../../src/worker/settings.js';
import { BLOCKS } from '../docs/support/documents.js';
import { commandsIn, type Words } from '../docs/support/shell.js';
import { startTestTemporal } from '../helpers/temporal-server.js';
import { until } from '../helpers/until.js';
import { startDemoBackend } from './support/demo-backend.js';
import { startLoad } from './support/steady-load.js';

const COOKIE = 'hg_user';

/** Long enough for the requests that a verdict takes at 5 %. */
const SHORT_STAGE_MS = 7000;

/** A whole installation with the names that the documentation uses: a Temporal server of its own, one service, a worker. */
async function startInstallation() {
  const releases: (() => Promise<unknown>)[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'headgate-docs-'));
  releases.unshift(() => rm(folder, { recursive: true }));
  const temporal = await startTestTemporal();
  releases.unshift(() => temporal.stop());
  const [blue, green] = await Promise.all([startDemoBackend('v1'), startDemoBackend('v2')]);
  releases.unshift(
    () => blue.stop(),
    () => green.stop(),
  );
  const gateway = await startGateway({
    ring: { grainMs: 100 },
    drainMs: 500,
    routes: [
      {
        name: 'checkout',
        sticky: { cookie: COOKIE },
        backends: { blue: { url: blue.url }, green: { url: green.url } },
      },
    ],
  });
  releases.unshift(() => gateway.close());
  const plane = JSON.stringify({ gateway: { kind: 'gateway', instances: [gateway.adminUrl] } });
  await writeFile(
    join(folder, 'headgate.yaml'),
    `routers: ${plane}\nmetrics: ${plane}\nservices:\n  checkout:\n    backends:\n` +
      `      blue: { url: '${blue.url}' }\n      green: { url: '${green.url}' }\n`,
  );
  const worker = await startWorker(
    { connection: { address: temporal.address }, namespace: 'default', taskQueue: 'headgate' },
    createPorts(loadConfig({ env: {}, cwd: folder })),
    { ...DEFAULT_WORKER_SETTINGS, shutdownGraceMs: 1000 },
  );
  releases.unshift(() => worker.shutdown());
  const load = startLoad(gateway.trafficUrl, 400, COOKIE);
  releases.unshift(() => load.stop());
  const client = await connectToTemporal({ address: temporal.address });
  releases.unshift(() => client.connection.close());
  const { path } = await obtainProgram(TEMPORAL_CLI, { env: process.env, onProgress: () => undefined });
  const run = promisify(execFile);
  return {
    folder,
    client,
    canary: new CanaryDeployment({ client }),
    /** The Temporal CLI, as somebody types it in a terminal. */
    temporal: async (words: Words): Promise<string> => {
      const env = { ...process.env, TEMPORAL_ADDRESS: temporal.address };
      const { stdout } = await run(path, words.slice(1), { cwd: folder, env, timeout: 60_000 });
      return stdout;
    },
    stop: async () => {
      for (const release of releases) await release();
    },
  };
}

/** Every `temporal` command of the documentation, each to be run once at least. */
const TYPED = BLOCKS.filter(
  ({ language, notRun }) => notRun === null && ['sh', 'bash', 'console', ''].includes(language),
).flatMap(({ file, text }) =>
  commandsIn(text)
    .filter(([program]) => program === 'temporal')
    .map((words) => ({ file, words })),
);

let installation: Awaited<ReturnType<typeof startInstallation>>;
const ran = new Set<Words>();

beforeAll(async () => {
  installation = await startInstallation();
});

afterAll(() => installation.stop());

/** Runs the documented command that has all these words. */
async function typed(...words: readonly string[]): Promise<string> {
  const found = TYPED.find((command) => words.every((word) => command.words.includes(word)));
  if (found === undefined) throw new Error(`the documentation has no temporal ${words.join(' ')}`);
  ran.add(found.words);
  return installation.temporal(found.words);
}

/** Runs a program of the documentation against the installation. */
async function printedBy(text: string): Promise<string> {
  const printed: string[] = [];
  const headgate = { CanaryDeployment, connectToTemporal: () => Promise.resolve(installation.client) };
  const console = { log: (...values: unknown[]) => printed.push(values.map(String).join(' ')) };
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  });
  const context = { require: () => headgate, exports: {}, console };
  await (runInNewContext(`(async () => { ${outputText} })()`, context) as Promise<void>);
  return printed.join('\n');
}

function signal(name: string): Promise<string> {
  return typed('workflow', 'signal', name);
}

function update(name: string): Promise<string> {
  return typed('workflow', 'update', name);
}

let startedCount = 0;

async function started(stageMs = 600_000): Promise<void> {
  // A version that serves already would not move.
  startedCount += 1;
  const input = BLOCKS.find(({ file, text }) => file === 'docs/temporal.md' && text.includes('"plan"'));
  const text = input?.text
    .replace('2.7.0', `2.7.${String(startedCount)}`)
    .replaceAll('600000', String(stageMs))
    .replaceAll('120000', String(Math.min(120_000, stageMs)));
  await writeFile(join(installation.folder, 'rollout.json'), text ?? '');
  await closed();
  await typed('workflow', 'start');
  await stage(1, 5);
}

/** A rollout that has ended still writes its record for a moment. */
async function closed(): Promise<void> {
  await installation.client.workflow
    .getHandle('rollout/checkout')
    .result()
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    });
}

async function stage(number: number, percent: number): Promise<void> {
  await status(
    `stage ${String(number)} to bake at ${String(percent)} %`,
    ({ currentStage, trafficPercentage, stageStartedAt, isComplete }) =>
      currentStage === number && trafficPercentage === percent && stageStartedAt !== null && !isComplete,
  );
}

function status(what: string, holds: (status: RolloutStatus) => boolean): Promise<RolloutStatus> {
  const look = async (): Promise<RolloutStatus> => {
    const seen = await installation.canary.getDeploymentStatus('checkout');
    if (seen.worker === 'answering' && holds(seen)) return seen;
    throw new Error(JSON.stringify(seen));
  };
  return until(what, look, { deadlineMs: 75_000 });
}

describe('what the documentation says to type into the Temporal CLI', () => {
  test('starts a rollout from raw JSON, and steers it until it is stopped [M-06]', async () => {
    await started();
    await expect(typed('workflow', 'start'), 'a second rollout of the same service').rejects.toThrow(/already/i);
    expect(await typed('workflow', 'query')).toContain('progressing');
    await update('pause');
    expect((await status('the pause', ({ phase }) => phase === 'paused')).reason).toContain('lunch');
    await update('resume');
    await stage(1, 10);
    await update('configure');
    await update('setRollbackPolicy');
    await status('enough requests', ({ checks }) => checks[0] !== undefined && checks[0].candidateRequests >= 200);
    await update('promote');
    await stage(2, 25);
    await expect(update('approve')).rejects.toThrow(/not waiting for an approval/);
    await signal('abort');
    const { reason } = await status('the abort', ({ outcome }) => outcome === 'aborted');
    expect(reason).toBe('aborted by ada: customers call');
  }, 240_000);

  test('answers what a rollout asks, and ends it [M-06]', async () => {
    await started(SHORT_STAGE_MS);
    await status('a question', ({ phase }) => phase === 'awaitingApproval');
    await typed('workflow', 'list', 'HeadgateNeedsHuman = true AND ExecutionStatus = "Running"');
    await until('the question to be listed', async () =>
      (await typed('workflow', 'list', 'HeadgatePhase = "awaitingApproval"')).includes('rollout/checkout'),
    );
    await update('reject');
    await status('the rejection', ({ reason }) => reason.includes('not on a Friday'));
    await signal('approve');
    await stage(3, 100);
    await update('finish');
    await status('the end', ({ outcome }) => outcome === 'promoted');
    expect(await typed('workflow', 'result'), 'waits for the record to be written').toContain('"outcome":"promoted"');
    expect(await typed('workflow', 'describe')).toContain('COMPLETED');
  }, 240_000);

  test('stops in an emergency [M-06]', async () => {
    await started();
    await signal('emergencyStop');
    await status('the stop', ({ stop, isComplete }) => isComplete && stop?.cause === 'emergencyStop');
  }, 240_000);

  test('looks at the health of a service, and at what it has served [M-01] [M-02] [M-06]', async () => {
    expect(await typed('workflow', 'execute', 'look-1')).toMatch(/"environments"/);
    expect(await typed('workflow', 'execute', 'look-2')).toMatch(/"requestRate"/);
  }, 240_000);

  test("is what a service does with the README's program [C-01]", async () => {
    const program = BLOCKS.find(({ file, language }) => file === 'README.md' && language === 'ts');
    await closed();
    const printed = printedBy(program?.text ?? '');
    await stage(1, 5);
    await installation.canary.rollback('checkout', { by: 'ada', reason: 'seen enough' });
    expect(await printed).toBe('aborted aborted by ada: seen enough');
  }, 240_000);

  test('registers the search attributes that a namespace needs', async () => {
    const commands = TYPED.filter(({ words }) => words.includes('search-attribute'));
    expect(commands).toHaveLength(10);
    for (const { words } of commands) {
      ran.add(words);
      // The server has them already, and says so: the command itself is understood.
      expect(await installation.temporal(words).catch(String)).toMatch(/already exist|^$/m);
    }
  });

  test('is all of it tried here', () => {
    expect(TYPED.filter(({ words }) => !ran.has(words)).map(({ file, words }) => [file, words.join(' ')])).toEqual([]);
  });
});
