import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { partConfig, partHears, partReady } from '../../lib/forked.js';
import type { ChaosRouter, ServiceSetup } from '../schedule/schedule.js';
import type { Seen, Span } from '../timeline/facts.js';
import { sharesOf } from './read-shares.js';
import { ShareRecorder } from './share-recorder.js';
import { Visitors } from './visitors.js';

/** Looks at the data plane past everything that may be in the way, and is its users: the only witness of the truth. */
export interface WitnessConfig {
  readonly router: ChaosRouter;
  readonly adminUrl: string;
  readonly trafficUrl: string;
  readonly services: readonly ServiceSetup[];
  readonly everyMs: number;
  /** Where it writes what it saw, when it is told to. */
  readonly file: string;
}

/** What is longer than a pause should be, and a look takes, was lost to a busy machine. */
const LAG_MS = 30;

const { router, adminUrl, trafficUrl, services, everyMs, file } = partConfig() as WitnessConfig;
const readShares = sharesOf(router, adminUrl);
const recorder = new ShareRecorder();
const visitors = services.map((service) => new Visitors(trafficUrl, service));
const stalls: Span[] = [];

partHears(() => {
  const seen: Seen = {
    shares: recorder.all(),
    visits: Object.fromEntries(services.map(({ name }, index) => [name, visitors[index]?.visits ?? []])),
    stalls,
  };
  writeFileSync(file, JSON.stringify(seen));
});

await look();
partReady({});
for (let lastMs = Date.now(); ;) {
  await sleep(everyMs);
  await look();
  const nowMs = Date.now();
  if (nowMs - lastMs > everyMs + LAG_MS) stalls.push({ fromMs: lastMs + everyMs, toMs: nowMs });
  lastMs = nowMs;
}

async function look(): Promise<void> {
  // Asked and answered: what is read was so at some moment in between.
  const askedMs = Date.now();
  const shares = await readShares();
  for (const [service, percent] of shares) recorder.saw(service, percent, askedMs);
}
