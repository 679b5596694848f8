import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askWhoAnswers } from '../../src/adapters/gateway/who-answers.js';
import { connectToTemporal } from '../../src/client/temporal.js';
import { CanaryDeployment } from '../../src/client/canary/canary-deployment.js';
import { freePort } from '../../src/dev/free-port.js';
import { isAlive } from '../../src/dev/process/is-alive.js';
import { startLoad, type SteadyLoad } from '../e2e/support/steady-load.js';
import { longPlan } from '../e2e/support/world.js';
import { until } from '../helpers/until.js';
import { createProject, type Project, type RunningDev } from './support/project.js';

const TIMEOUT = { timeout: 300_000 };
const COOKIE = 'hg_user';

let project: Project;
let load: SteadyLoad | null = null;
beforeEach(async () => {
  project = await createProject();
});
afterEach(async () => {
  await load?.stop();
  load = null;
  await project.remove();
});

/** Users come in, and so many of them are served before this goes on. */
async function letUsersIn(dev: RunningDev): Promise<SteadyLoad> {
  await dev.isUp;
  const { trafficUrl } = await project.gateway();
  load = startLoad(trafficUrl ?? '', 100, COOKIE);
  await served(load, 50);
  return load;
}

const total = (counts: SteadyLoad['counts']): number => [...counts.values()].reduce((sum, count) => sum + count, 0);

async function served({ counts }: SteadyLoad, more: number): Promise<void> {
  const before = total(counts);
  await until(`${String(more)} more requests are answered`, () => total(counts) >= before + more);
}

/** Which answers users got: none but those of the two versions, each with 200. */
const answers = ({ counts }: SteadyLoad): string[] => [...counts.keys()].sort();

async function deploymentOf(dev: RunningDev): Promise<{ deployment: CanaryDeployment; close: () => Promise<void> }> {
  const [, ui = ''] = await dev.says(/Temporal UI {2}(\S+)/);
  const address = /TEMPORAL_ADDRESS=(\S+)/.exec(dev.output())?.[1] ?? '127.0.0.1:7233';
  expect(ui).toMatch(/^http/);
  const client = await connectToTemporal({ address, namespace: 'default' });
  return { deployment: new CanaryDeployment({ client }), close: () => client.connection.close() };
}

test(
  'Temporal that is killed with -9 is started again, its rollout goes on, and no request is lost [W3]',
  TIMEOUT,
  async () => {
    const dev = project.dev();
    const users = await letUsersIn(dev);
    const { deployment, close } = await deploymentOf(dev);
    const { id } = await deployment.start(longPlan({ service: 'shop', name: 'shop', analysis: { checks: [] } }));
    await until('the first stage bakes', async () => (await deployment.getDeploymentStatus(id)).stageStartedAt);
    const weights = await project.weights();
    const { pid } = await project.gateway();

    for (const time of [1, 2]) {
      const temporal = await dev.pidOf('Temporal server');
      process.kill(temporal, 'SIGKILL');
      await until('Temporal answers again', () => dev.output().split('Temporal answers again').length === time + 1, {
        deadlineMs: 60_000,
      });
      expect(await project.weights()).toEqual(weights);
    }
    await until('the worker answers', async () => (await deployment.getDeploymentStatus(id)).worker === 'answering', {
      deadlineMs: 60_000,
    });
    expect(await deployment.getDeploymentStatus(id)).toMatchObject({ phase: 'progressing', trafficPercentage: 25 });
    await deployment.promoteToNextStage(id);
    await until('the second stage has its share', async () => (await project.share('green')) === 50);
    await served(users, 50);
    expect(answers(users)).toEqual(['v1 200', 'v2 200']);
    expect((await project.gateway()).pid).toBe(pid);
    await close();
  },
);

test(
  'a gateway outlives headgate dev that is killed with -9, and the next one takes it over as it is [W3]',
  TIMEOUT,
  async () => {
    const first = project.dev();
    const users = await letUsersIn(first);
    await project.setWeights(30);
    const weights = await project.weights();
    const gateway = await project.gateway();
    const others = [await first.pidOf('Temporal server'), await first.pidOf('worker')];

    await first.kill('SIGKILL');
    await served(users, 100);
    await until('Temporal and the worker have ended', () => others.every((pid) => !isAlive(pid)));
    await served(users, 100);

    const second = project.dev();
    await second.isUp;
    expect(second.output()).toMatch(/has served on since an earlier run \(process \d+\): taken over as it is/);
    expect(await project.gateway()).toMatchObject({ pid: gateway.pid, trafficUrl: gateway.trafficUrl, routes: 1 });
    expect(await project.weights()).toEqual(weights);
    await served(users, 100);
    expect(answers(users)).toEqual(['v1 200', 'v2 200']);

    await load?.stop();
    load = null;
    expect((await second.kill('SIGINT')).code).toBe(0);
    expect(await askWhoAnswers(project.adminUrl, 2000)).toEqual({ kind: 'nobody' });
    expect(isAlive(gateway.pid)).toBe(false);
  },
);

test('the next headgate dev starts at once, while the killed one is still being tidied up [W3]', TIMEOUT, async () => {
  const first = project.dev();
  await first.isUp;
  const temporal = await first.pidOf('Temporal server');
  await first.kill('SIGKILL');
  const second = project.dev();
  await second.isUp;
  // Two servers on one file would break it.
  expect(isAlive(temporal)).toBe(false);
  expect(second.output()).not.toMatch(/is in use by a Temporal server: Temporal takes/);
});

test(
  'where the whole family is killed but Temporal and the gateway, the next one has none of it beside its own Temporal and keeps the gateway [W3]',
  TIMEOUT,
  async () => {
    const first = project.dev();
    await first.isUp;
    await project.setWeights(30);
    const [temporal, worker, reaper] = [
      await first.pidOf('Temporal server'),
      await first.pidOf('worker'),
      await first.pidOf('reaper'),
    ];
    const gateway = await project.gateway();
    process.kill(reaper, 'SIGKILL');
    await first.kill('SIGKILL');
    process.kill(worker, 'SIGKILL');
    expect(isAlive(temporal)).toBe(true);

    const second = project.dev();
    await second.isUp;
    expect(isAlive(temporal)).toBe(false);
    // The next run ends it by name, unless it has ended before: nobody reads any more what it says.
    expect(second.output()).not.toMatch(/is in use by a Temporal server: Temporal takes/);
    expect((await project.gateway()).pid).toBe(gateway.pid);
    expect(await project.weights()).toContainEqual({ backend: 'green', percent: 30 });
  },
);

test('a gateway that is killed itself is there again, on its ports and with its weights [W3]', TIMEOUT, async () => {
  const dev = project.dev();
  await dev.isUp;
  await project.setWeights(30);
  const { pid, trafficUrl } = await project.gateway();
  process.kill(pid, 'SIGKILL');
  await dev.says(/the gateway ended \(signal SIGKILL\) and was started again with its weights/);
  const again = await project.gateway();
  expect(again).toMatchObject({ trafficUrl });
  expect(again.pid).not.toBe(pid);
  expect(await project.weights()).toContainEqual({ backend: 'green', percent: 30 });
});

test('with --ephemeral nothing is forgotten before the end, and everything is afterwards [W3]', TIMEOUT, async () => {
  const dev = project.dev('--ephemeral');
  await dev.isUp;
  const { deployment, close } = await deploymentOf(dev);
  const { id } = await deployment.start(longPlan({ service: 'shop', name: 'shop', analysis: { checks: [] } }));
  await until('the first stage bakes', async () => (await deployment.getDeploymentStatus(id)).stageStartedAt);
  process.kill(await dev.pidOf('Temporal server'), 'SIGKILL');
  process.kill((await project.gateway()).pid, 'SIGKILL');
  await dev.says(/Temporal answers again/);
  await dev.says(/the gateway ended .* was started again/);
  await until('the rollout is there', async () => (await deployment.getDeploymentStatus(id)).worker === 'answering', {
    deadlineMs: 60_000,
  });
  expect(await project.weights()).toContainEqual({ backend: 'green', percent: 25 });
  await close();
  await dev.kill('SIGINT');
  const left = await readdir(join(project.folder, '.headgate'));
  expect(left.filter((name) => /ephemeral|gateway-|temporal\.db/.test(name))).toEqual([]);
});

test(
  'a gateway that outlived its run is told what the configuration says now, and one that it names no more is ended [W3]',
  TIMEOUT,
  async () => {
    const first = project.dev();
    await first.isUp;
    await project.setWeights(30);
    await first.kill('SIGKILL');
    await project.configure(['shop', 'search']);
    const second = project.dev();
    await second.isUp;
    expect(await project.weights('shop')).toContainEqual({ backend: 'green', percent: 30 });
    expect(await project.weights('search')).toEqual([{ backend: 'blue', percent: 100 }]);
    const gateway = await project.gateway();
    await second.kill('SIGKILL');

    const elsewhere = `http://127.0.0.1:${String(await freePort())}`;
    await project.configure(['shop'], elsewhere);
    const third = project.dev();
    await third.isUp;
    expect(third.output()).toContain(`ending the gateway at ${project.adminUrl}`);
    expect(isAlive(gateway.pid)).toBe(false);
    expect(await askWhoAnswers(elsewhere, 2000)).toMatchObject({ kind: 'gateway', trafficUrl: gateway.trafficUrl });
  },
);

test('when Temporal cannot be started again it is said why, and users are served on [W3]', TIMEOUT, async () => {
  const dev = project.dev();
  await dev.isUp;
  const users = await letUsersIn(dev);
  const temporal = await dev.pidOf('Temporal server');
  // What a full disk or a broken file would do to it.
  const database = join(project.folder, '.headgate', 'temporal.db');
  process.kill(temporal, 'SIGSTOP');
  await Promise.all(['', '-wal', '-shm'].map((suffix) => writeFile(`${database}${suffix}`, 'no database')));
  process.kill(temporal, 'SIGKILL');
  const { code, output } = await dev.ended;
  expect(code, output).toBe(6);
  expect(output).toMatch(/Temporal could not be started again: .*next try in/);
  expect(output).toMatch(/TEMPORAL_LOST .*\n[^]*Users are served as before at http:/);
  await served(users, 50);
  expect(answers(users)).toEqual(['v1 200']);
});
