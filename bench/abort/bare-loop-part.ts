import { partConfig, partHears, partReady } from '../lib/forked.js';
import { planePorts, type PlaneAddress } from './plane-ports.js';
import { BASELINE, CANDIDATE } from './settings.js';

export interface BareLoopConfig {
  readonly plane: PlaneAddress;
  readonly intervalMs: number;
}

/** Told: all of these routes are looked at and sent back in this moment. */
export interface BareLoopMessage {
  readonly routes: readonly string[];
}

const { plane, intervalMs } = partConfig() as BareLoopConfig;
const { router, metrics, routeOf } = planePorts(plane);
const allBack = [
  { backend: CANDIDATE, percent: 0 },
  { backend: BASELINE, percent: 100 },
];

partHears((message) => {
  void Promise.all((message as BareLoopMessage).routes.map(lookAndSendBack));
});
partReady({});

/** The calls of a guard that finds a breach, and nothing else: no rule, no record, no Temporal. */
async function lookAndSendBack(name: string): Promise<void> {
  const route = routeOf(name);
  const toMs = Date.now();
  const query = (backend: string) => ({
    service: route.service,
    backend,
    target: route.targets[backend] ?? backend,
    fromMs: toMs - intervalMs,
    toMs,
    stepMs: intervalMs,
  });
  await Promise.all([CANDIDATE, BASELINE].map((backend) => metrics.samples(query(backend))));
  await router.readWeights(route);
  await router.setWeights(route, allBack, { fence: 8 });
  await router.readWeights(route);
}
