import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import { shareOf } from '../../src/domain/traffic/weights.js';
import type { ServicePorts } from '../../src/ports/service.js';
import { startEnvoyPlane, type EnvoyPlane } from '../adapters/envoy/envoy-plane.js';
import { describeOnEnvoy } from '../helpers/envoy-server.js';
import { startLoad, type SteadyLoad } from './support/steady-load.js';
import { longPlan, quickPlan, startWorld, type World } from './support/world.js';

const COOKIE = 'hg_user';
const INSTANCES = 2;

await describeOnEnvoy('a canary on real Envoys', (executable) => {
  let world: World;
  let plane: EnvoyPlane;
  let loads: readonly SteadyLoad[];

  beforeEach(async () => {
    const onEnvoy = (service: ServicePorts): ServicePorts => ({
      ...service,
      router: plane.router,
      metrics: plane.metrics,
      route: plane.route,
    });
    world = await startWorld({ tamper: onEnvoy });
    plane = await startEnvoyPlane(
      { backends: { blue: world.blue.url, green: world.green.url }, instances: INSTANCES },
      { executable, sticky: { cookie: COOKIE } },
    );
    loads = plane.trafficUrls.map((url) => startLoad(url, 100, COOKIE));
  });

  afterEach(async () => {
    await Promise.all(loads.map((load) => load.stop()));
    await world.stop();
    await plane.stop();
  });

  const shares = async (): Promise<readonly number[]> =>
    (await plane.router.readWeights(plane.route)).map((one) => ('weights' in one ? shareOf(one.weights, 'green') : -1));

  const endOf = (id: string): Promise<RolloutStatus> =>
    world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);

  test('a healthy candidate is promoted, and no user notices [C-01] [C-03]', async () => {
    const { id } = await world.deployment.start(quickPlan({ version: 'v2' }));
    expect(await endOf(id)).toMatchObject({ outcome: 'promoted' });
    expect(await shares()).toEqual([100, 100]);
    await Promise.all(loads.map((load) => load.stop()));
    const answers = loads.flatMap((load) => [...load.counts.keys()]);
    expect(answers).toContain('v2 200');
    expect(answers.filter((answer) => !answer.endsWith(' 200'))).toEqual([]);
  });

  test('a candidate with errors is caught in mid-stage and loses every user on every instance [C-05] [C-11]', async () => {
    world.green.behaviour.errorRate = 0.4;
    const { id } = await world.deployment.start(longPlan({ version: 'v2' }));
    const seen = { backAtZeroMs: NaN };
    const watching = new AbortController();
    const watched = (async () => {
      for (let most = 0; !watching.signal.aborted;) {
        const now = Math.max(...(await shares()));
        if (now === 0 && most > 0) {
          seen.backAtZeroMs = Date.now();
          return;
        }
        // An Envoy that does not answer in time serves what it served.
        most = Math.max(most, now);
      }
    })();
    const status = await endOf(id);
    watching.abort();
    await watched;
    expect(status).toMatchObject({ outcome: 'rolledBack', reason: expect.stringContaining('errorRate') as string });
    expect(await shares()).toEqual([0, 0]);
    const toZeroMs = seen.backAtZeroMs - Date.parse(status.stop?.at ?? '');
    process.stdout.write(`verdict → both Envoys serve 0 %: ${String(toZeroMs)} ms\n`);
    expect(toZeroMs).not.toBeNaN();
  });
});
