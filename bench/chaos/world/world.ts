import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Releasers } from '../../../src/dev/releasers.js';
import { startReaper, type Reaper } from '../../../src/dev/process/reaper.js';
import { forkPart } from '../../lib/forked.js';
import type { Behaviour, ChaosRouter, Schedule } from '../schedule/schedule.js';
import type { Seen } from '../timeline/facts.js';
import type { BackendsMessage, BackendsReady } from './backends-part.js';
import { configurationOf } from './configuration.js';
import { makeJournalFolder, type JournalFolder } from './journal-folder.js';
import type { Slot } from './plane.js';
import { sharesOf, type ReadShares } from './read-shares.js';
import type { RelaysMessage, RelaysReady, RelaysSay } from './relays-part.js';
import { startPlane } from './start-plane.js';
import { startTemporal, type ChaosTemporal } from './temporal.js';
import type { WitnessConfig } from './witness-part.js';
import { startWorkers, type ChaosWorker } from './workers.js';

/** Everything that a round runs on, each a real program and a process of its own. */
export interface ChaosWorld {
  readonly router: ChaosRouter;
  readonly directory: string;
  readonly reaper: Reaper;
  readonly temporal: ChaosTemporal;
  readonly workers: readonly ChaosWorker[];
  readonly journal: JournalFolder;
  /** Where a person's command line runs, past everything that is disturbed. */
  readonly personFolder: string;
  readonly adminUrl: string;
  readonly readShares: ReadShares;
  behave(service: string, slot: Slot, how: Behaviour): Promise<void>;
  runVersion(service: string, slot: Slot, version: string): Promise<void>;
  relay(message: RelaysMessage): Promise<void>;
  /** Hears when a worker writes the weights of a service, before they arrive. */
  hearWrites(listener: (service: string) => void): void;
  /** What the witness has seen so far. */
  seen(): Promise<Seen>;
}

/** Between two looks of the witness at the data plane. */
const LOOK_EVERY_MS = 40;

export async function startChaosWorld(
  executable: string,
  { router, services, workers }: Schedule,
  directory: string,
  releasers: Releasers,
): Promise<ChaosWorld> {
  const reaper = releasers.add('the reaper', startReaper(), (one) => one.close());
  const names = services.map(({ name }) => name);
  const part = (name: string): URL => new URL(`./${name}-part.js`, import.meta.url);
  const backends = await forkPart<BackendsReady>(part('backends'), { services: names });
  releasers.add('the backends', backends, (one) => one.kill());
  const { urls } = backends.ready;
  const [plane, temporal] = await Promise.all([
    startPlane({ router, urls, directory, reaper }, releasers),
    startTemporal({
      executable,
      dbFile: join(directory, 'temporal.db'),
      logFile: join(directory, 'temporal.log'),
      reaper,
    }),
  ]);
  releasers.add('Temporal', temporal, (one) => one.stop());
  const { adminUrl, trafficUrl } = plane;
  const relays = await forkPart<RelaysReady>(part('relays'), { workers, temporalPort: temporal.port, adminUrl });
  releasers.add('the relays', relays, (one) => one.kill());
  const journal = await makeJournalFolder(directory);
  const started = await startWorkers({
    directory,
    reaper,
    urls,
    services,
    plane: plane.config,
    journalPath: journal.path,
    relays: relays.ready.workers,
  });
  releasers.add('the workers', started, (all) => Promise.all(all.map((worker) => worker.kill())));
  const file = join(directory, 'seen.json');
  const witness = await forkPart(part('witness'), {
    router,
    adminUrl,
    trafficUrl,
    services,
    everyMs: LOOK_EVERY_MS,
    file,
  } satisfies WitnessConfig);
  releasers.add('the witness', witness, (one) => one.kill());
  const personFolder = join(directory, 'person');
  await mkdir(personFolder);
  const urlsOfPerson = { routerUrl: adminUrl, metricsUrl: adminUrl, journalPath: journal.path };
  const personal = configurationOf({ urls, services, plane: plane.config, directory, ...urlsOfPerson });
  await writeFile(join(personFolder, 'headgate.json'), JSON.stringify(personal));
  return {
    router,
    directory,
    reaper,
    temporal,
    workers: started,
    journal,
    personFolder,
    adminUrl,
    readShares: sharesOf(router, adminUrl),
    behave: (service, slot, how) => backends.tell({ service, slot, how } satisfies BackendsMessage),
    runVersion: (service, slot, version) => backends.tell({ service, slot, version } satisfies BackendsMessage),
    relay: (message) => relays.tell(message),
    hearWrites(listener) {
      relays.hear((said) => {
        listener((said as RelaysSay).writes);
      });
    },
    async seen() {
      await witness.tell({ write: true });
      return JSON.parse(await readFile(file, 'utf8')) as Seen;
    },
  };
}
