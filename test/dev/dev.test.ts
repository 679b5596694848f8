import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CanaryDeployment } from '../../src/client/canary/canary-deployment.js';
import { connectToTemporal } from '../../src/client/temporal.js';
import { runDev } from '../../src/dev/dev.js';
import { freePort } from '../../src/dev/free-port.js';
import { parseSpecs } from '../../src/spec/parse-specs.js';
import { until } from '../helpers/until.js';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'headgate-dev-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

/** What a program says, line by line. */
function createScreen(): { readonly lines: string[]; write(text: string): void } {
  const lines: string[] = [];
  return { lines, write: (text) => void lines.push(...text.split('\n')) };
}

function found(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.map((line) => pattern.exec(line)?.[1]).find((match) => match !== undefined);
}

test('one command brings up everything, a killed worker comes back to its rollout, and nothing is left [C-12]', async () => {
  const screen = createScreen();
  const controller = new AbortController();
  const [temporalPort, temporalUiPort] = [await freePort(), await freePort()];
  const running = runDev({
    cwd,
    temporalPort,
    temporalUiPort,
    gatewayPort: 0,
    gatewayAdminPort: 0,
    env: { ...process.env, HEADGATE_CONFIG: '' },
    screen,
    signal: controller.signal,
  });
  const failed = running.then(() => null);
  try {
    await Promise.race([
      failed,
      until('it says how it ends', () => screen.lines.includes('Ctrl-C ends it.'), { deadlineMs: 60_000 }),
    ]);
    const address = found(screen.lines, /TEMPORAL_ADDRESS=(\S+)/) ?? `127.0.0.1:${String(temporalPort)}`;
    const workerPid = Number(found(screen.lines, /kill -9 (\d+)/));
    const specFile = found(screen.lines, /start (\S+\.yaml)/) ?? '';

    const client = await connectToTemporal({ address, namespace: 'default' });
    const deployment = new CanaryDeployment({ client });
    const [spec] = parseSpecs(await readFile(specFile, 'utf8'), { file: specFile });
    if (spec === undefined) throw new Error('there is no specification');
    const { id } = await deployment.start(spec.plan);
    await until('the candidate has its first users', async () => {
      const { phase, stageStartedAt } = await deployment.getDeploymentStatus(id);
      return phase === 'progressing' && stageStartedAt !== null;
    });

    process.kill(workerPid, 'SIGKILL');
    await until('another worker was started', () => found(screen.lines, /(signal SIGKILL\) and was started again)/));
    await until('it answers', async () => (await deployment.getDeploymentStatus(id)).worker === 'answering', {
      deadlineMs: 90_000,
    });
    await deployment.rollback(id, { reason: 'seen enough' });
    const { outcome } = await deployment.wait(id, { timeoutMs: 20_000, pollMs: 100 });
    expect(outcome).toBe('aborted');
    await client.connection.close();
  } finally {
    controller.abort('SIGINT');
    await running;
  }
  // Every port can be had again.
  for (const port of [temporalPort, temporalUiPort]) expect(await freePort(port)).toBe(port);
}, 240_000);

test('a configuration with mistakes is refused before anything is started [U-04]', async () => {
  const missing = join(cwd, 'nowhere.yaml');
  const running = runDev({ cwd, configFile: missing, screen: createScreen(), signal: new AbortController().signal });
  await expect(running).rejects.toMatchObject({ code: 'INVALID_SPEC' });
});
