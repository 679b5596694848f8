import { afterEach, test } from 'vitest';
import { until } from '../contract/support/eventually.js';
import { quickPlan, startWorld, type World } from './support/world.js';

let world: World;

afterEach(() => world.stop());

test(
  'a rollout can be followed in Prometheus from its first percent to its rollback',
  { timeout: 240_000 },
  async () => {
    world = await startWorld({ worker: 'none' });
    const worker = await world.startWorker({ healthPort: 0 });
    const scrape = async (): Promise<string> => (await fetch(`${worker.healthUrl ?? ''}/metrics`)).text();
    const shown = (line: string) => until(line, async () => (await scrape()).split('\n').includes(line));
    world.startLoad();
    const stages = [25, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 600_000 }));
    const { id } = await world.deployment.start(quickPlan({ stages }));

    await shown('headgate_rollout_in_flight{service="checkout",phase="progressing"} 1');
    await shown('headgate_rollout_weight_ratio{service="checkout",backend="green",kind="observed"} 0.25');
    await shown('headgate_watch_blind{service="checkout",source="metrics"} 0');

    world.metricsRelay.set('refusing');
    await shown('headgate_watch_blind{service="checkout",source="metrics"} 1');
    world.metricsRelay.set('open');

    world.green.behaviour.errorRate = 0.5;
    await shown('headgate_rollout_outcomes_total{service="checkout",outcome="rolledBack",reason="breach"} 1');
    await world.status(id, 'the end', ({ isComplete }) => isComplete);
    await until('nothing to be in flight', async () => !(await scrape()).includes('headgate_rollout_in_flight{'));
    await shown('headgate_abort_latency_seconds_count 1');
    await until('nothing to be watched', async () => !(await scrape()).includes('headgate_watch_running{'));
  },
);
