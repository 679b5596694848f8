import { afterEach, expect, test } from 'vitest';
import { HAPROXY } from '../adapters/haproxy/haproxy-server.js';
import { describeOn } from '../helpers/real-servers.js';
import { startHaproxyCounts } from './support/haproxy-counts.js';
import { haproxyPlane, type HaproxyWorldPlane } from './support/haproxy-world.js';
import { quickPlan, startWorldOn, type WorldOn } from './support/world.js';

describeOn(HAPROXY, 'a canary behind a real HAProxy, judged by its own counters', (executable) => {
  let world: WorldOn<HaproxyWorldPlane>;

  afterEach(() => world.stop());

  const begin = async (): Promise<void> => {
    world = await startWorldOn(haproxyPlane(executable, { instances: 1, metrics: startHaproxyCounts }));
  };
  const ended = (id: string) => world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);

  test('that is well is promoted, and the next one goes the other way; no user is lost on the way [C-01]', async () => {
    await begin();
    const load = world.startLoad();
    const first = await world.deployment.start(quickPlan());
    expect(await ended(first.id)).toMatchObject({
      outcome: 'promoted',
      roles: { baseline: 'blue', candidate: 'green' },
    });
    expect(await world.candidateShare()).toBe(100);
    await world.closed('checkout');
    const plan = quickPlan({ stages: [{ trafficPercent: 100, durationMs: 1500 }] });
    const second = await world.deployment.start(plan);
    expect(await ended(second.id)).toMatchObject({
      outcome: 'promoted',
      roles: { baseline: 'green', candidate: 'blue' },
    });
    expect(await world.candidateShare()).toBe(0);
    expect(await world.plane.haproxies[0]?.ask('get map share.map checkout')).toContain('value="blue/100000/green"');
    await load.stop();
    expect([...load.counts.keys()].sort()).toEqual(['v1 200', 'v2 200']);
  });

  test('that fails is rolled back for what HAProxy counted, and nobody is left on it [C-05]', async () => {
    await begin();
    world.startLoad();
    world.green.behaviour.errorRate = 0.5;
    const { id } = await world.deployment.start(
      quickPlan({
        stages: [
          { trafficPercent: 25, durationMs: 600_000 },
          { trafficPercent: 100, durationMs: 1500 },
        ],
      }),
    );
    const over = await ended(id);
    expect(over).toMatchObject({ outcome: 'rolledBack', currentStage: 1 });
    expect(over.reason).toMatch(/errorRate/);
    expect(await world.candidateShare()).toBe(0);
    const late = await fetch(world.plane.trafficUrl, { headers: { cookie: 'hg_user=user-1' } });
    expect(await late.text()).toBe('v1');
  });
});
