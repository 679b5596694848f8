import { randomUUID } from 'node:crypto';
import type { DataConverter } from '@temporalio/common';
import '../../helpers/quiet-runtime.js';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { request } from 'undici';
import { inject } from 'vitest';
import { createHttpProbe } from '../../../src/adapters/health/http.js';
import { createFileJournal } from '../../../src/adapters/journal/file.js';
import { createGatewayMetrics } from '../../../src/adapters/metrics/gateway.js';
import { createFileObservations } from '../../../src/adapters/observations/file.js';
import { createGatewayRouter } from '../../../src/adapters/routers/gateway.js';
import { CanaryDeployment } from '../../../src/client/canary/canary-deployment.js';
import { connectToTemporal } from '../../../src/client/temporal.js';
import { startGateway, type Gateway } from '../../../src/gateway/gateway.js';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import type { RolloutStatus } from '../../../src/domain/staged-traffic/status.js';
import type { InstalledTier } from '../../../src/domain/tier.js';
import { shareOf, type Weights } from '../../../src/domain/traffic/weights.js';
import type { Journal } from '../../../src/ports/journal.js';
import type { MetricSource } from '../../../src/ports/metric-source.js';
import type { TrafficRouter } from '../../../src/ports/traffic-router.js';
import type { ObservationStore } from '../../../src/ports/observation-store.js';
import type { HooksOfService } from '../../../src/domain/hooks/state.js';
import type { Hook } from '../../../src/ports/hooks.js';
import { UnknownServiceError, type Ports, type ServicePorts } from '../../../src/ports/service.js';
import { startWorker, type RunningWorker } from '../../../src/worker/start-worker.js';
import { DEFAULT_WORKER_SETTINGS, type WorkerSettings } from '../../../src/worker/settings.js';
import { eventually } from '../../contract/support/eventually.js';
import { startRelay, type Relay } from '../../contract/support/relay.js';
import { startDemoBackend, type DemoBackend } from './demo-backend.js';
import { startLoad, type SteadyLoad } from './steady-load.js';

/** By which users are known. */
export const COOKIE = 'hg_user';

/** Milliseconds per cell of the gateway's counters: fine, so that stages of a second can be judged. */
const GRAIN_MS = 100;

/** For a rollout of a few seconds on a busy machine that stops now and then. */
const PATIENCE_MS = 90_000;

/** A router or a source that is taken away hangs up; one that is only slow must not be taken for it. */
const TIMEOUT_MS = 5000;

/** Past everything that a test takes away nobody is slow, unless the whole machine is. */
export const DIRECT_TIMEOUT_MS = 20_000;

/** A data plane as a rollout needs it. Its routes are named as the services, its targets as the slots. */
export interface WorldPlane {
  /** As the worker sees it. */
  readonly router: TrafficRouter;
  readonly metrics: MetricSource;
  /** Past everything that a test puts in between. */
  readonly direct: TrafficRouter;
  /** Where users come in. */
  readonly trafficUrl: string;
  /** As a person does who knows nothing of fences, past everything. */
  writeByHand(service: string, weights: Weights): Promise<void>;
  stop(): Promise<void>;
}

/** Everything that a rollout needs, for real and on loopback: data plane, backends, users, worker, client. */
export interface WorldOn<Plane extends WorldPlane> {
  readonly services: readonly string[];
  readonly blue: DemoBackend;
  readonly green: DemoBackend;
  readonly plane: Plane;
  readonly journal: Journal;
  readonly journalFolder: string;
  /** Nothing can be written into the journal from now on, and no half of it is lost. Answers with what gives it back. */
  takeJournalAway(): Promise<() => Promise<void>>;
  readonly observations: ObservationStore;
  readonly observationsFolder: string;
  readonly client: Client;
  readonly deployment: CanaryDeployment;
  readonly taskQueue: string;
  readonly ports: Ports;
  /** @param knowing the services that it knows, all of the world's by default */
  startWorker(settings?: Partial<WorkerSettings>, knowing?: readonly string[]): Promise<RunningWorker>;
  startLoad(requestsPerSecond?: number): SteadyLoad;
  /** What the first instance of the data plane does now, asked past every relay. */
  weights(service?: string): Promise<Weights>;
  candidateShare(service?: string): Promise<number>;
  setWeights(weights: Weights, service?: string): Promise<void>;
  /** Until the status is as wanted, as a worker tells it: without one it says less, e.g. that a person is needed. */
  status(
    id: string,
    what: string,
    holds: (status: RolloutStatus) => boolean,
    deadlineMs?: number,
  ): Promise<RolloutStatus>;
  /** As soon as a worker tells it. */
  statusNow(id: string): Promise<RolloutStatus>;
  /** Until the newest rollout of a service has closed: one that is over still writes its record. */
  closed(service: string): Promise<void>;
  stop(): Promise<void>;
}

/** The embedded gateway, with relays before its admin API. */
interface GatewayParts {
  readonly gateway: Gateway;
  /** Stands before the gateway's admin API, as the router adapter sees it. */
  readonly routerRelay: Relay;
  /** As the metric source sees it. */
  readonly metricsRelay: Relay;
}

export type World = WorldOn<WorldPlane & GatewayParts> & GatewayParts;

export interface WorldOptions {
  /** Default one, `checkout`. */
  readonly services?: readonly string[];
  /** Changes what a service's activities see: faults that the real parts cannot be made to show. */
  readonly tamper?: (service: ServicePorts) => ServicePorts;
  readonly worker?: Partial<WorkerSettings> | 'none';
  /** What its services ask and tell, and the hooks that they name. Default: nothing. */
  readonly hooks?: { readonly byMoment: HooksOfService; readonly named: Readonly<Record<string, Hook>> };
  /** Encodes what worker and client give to the server. */
  readonly dataConverter?: DataConverter;
  /** What the worker's configuration says of the installation. Default: nothing, which allows everything. */
  readonly tier?: InstalledTier;
  /** Where worker and client find Temporal. Default: the server of this test run itself. */
  readonly temporalAddress?: string;
}

/** What a data plane is started with. */
export interface PlaneSetup {
  readonly services: readonly string[];
  readonly blue: string;
  readonly green: string;
}

/** A world behind the embedded gateway. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const world = await startWorldOn(startGatewayPlane, options);
  const { gateway, routerRelay, metricsRelay } = world.plane;
  return { ...world, gateway, routerRelay, metricsRelay };
}

async function startGatewayPlane({ services, blue, green }: PlaneSetup): Promise<WorldPlane & GatewayParts> {
  const gateway = await startGateway({
    ring: { grainMs: GRAIN_MS },
    drainMs: 500,
    routes: services.map((name, index) => ({
      name,
      ...(index === 0 ? {} : { match: { pathPrefix: `/${name}` } }),
      sticky: { cookie: COOKIE },
      backends: { blue: { url: blue }, green: { url: green } },
      initialWeights: [{ backend: 'blue', percent: 100 }],
    })),
  });
  const { hostname: host, port } = new URL(gateway.adminUrl);
  const [routerRelay, metricsRelay] = await Promise.all([
    startRelay({ host, port: Number(port) }),
    startRelay({ host, port: Number(port) }),
  ]);
  return {
    gateway,
    routerRelay,
    metricsRelay,
    router: createGatewayRouter({ instances: [urlOf(routerRelay)], timeoutMs: TIMEOUT_MS }),
    metrics: createGatewayMetrics({ instances: [urlOf(metricsRelay)], timeoutMs: TIMEOUT_MS }),
    direct: createGatewayRouter({ instances: [gateway.adminUrl], timeoutMs: DIRECT_TIMEOUT_MS }),
    trafficUrl: gateway.trafficUrl,
    writeByHand: (service, weights) => writeByHand(gateway.adminUrl, service, weights),
    async stop() {
      await gateway.close();
      await Promise.all([routerRelay.stop(), metricsRelay.stop()]);
    },
  };
}

/** A world behind any data plane. */
export async function startWorldOn<Plane extends WorldPlane>(
  startPlane: (setup: PlaneSetup) => Promise<Plane>,
  options: WorldOptions = {},
): Promise<WorldOn<Plane>> {
  const services = options.services ?? ['checkout'];
  const releases: (() => Promise<unknown>)[] = [];
  const [blue, green] = await Promise.all([startDemoBackend('v1'), startDemoBackend('v2')]);
  releases.push(
    () => blue.stop(),
    () => green.stop(),
  );
  const plane = await startPlane({ services, blue: blue.url, green: green.url });
  releases.push(() => plane.stop());

  const folder = await mkdtemp(join(tmpdir(), 'headgate-journal-'));
  releases.push(() => rm(folder, { recursive: true, force: true }));
  const records = join(folder, 'records');
  await mkdir(records);
  // A link, which can be put into another's place in one step, while the worker writes.
  const journalFolder = join(folder, 'journal');
  await symlink(records, journalFolder);
  const takeJournalAway = async (): Promise<() => Promise<void>> => {
    const other = join(folder, 'other');
    // Not even root can write into a file as if it were a folder.
    await writeFile(other, '');
    await rename(other, journalFolder);
    return async () => {
      await symlink(records, other);
      await rename(other, journalFolder);
    };
  };
  const journal = createFileJournal({ directory: journalFolder });
  const observationsFolder = join(journalFolder, 'observations');
  const observations = createFileObservations({ directory: observationsFolder });
  const { router, metrics, direct } = plane;
  const probe = createHttpProbe();
  const portsOf = (service: string): ServicePorts => ({
    service,
    route: { service, targets: { blue: 'blue', green: 'green' } },
    router,
    metrics,
    probe,
    urls: { blue: blue.url, green: green.url },
    version: { path: '/version', field: 'version' },
    ...(options.hooks === undefined ? {} : { hooks: options.hooks.byMoment }),
  });
  const portsKnowing = (known: readonly string[]): Ports => ({
    journal,
    observations,
    services: known,
    ...(options.hooks === undefined ? {} : { hooks: options.hooks.named, temporalUi: 'http://temporal.example.com' }),
    ...(options.tier === undefined ? {} : { tier: options.tier }),
    serviceNamed(name) {
      if (!known.includes(name)) throw new UnknownServiceError(name, known);
      return options.tamper?.(portsOf(name)) ?? portsOf(name);
    },
  });
  const ports = portsKnowing(services);

  const address = options.temporalAddress ?? inject('temporalAddress');
  const converter = options.dataConverter === undefined ? {} : { dataConverter: options.dataConverter };
  const client = await connectToTemporal({ address, identity: 'tester@e2e', ...converter });
  releases.push(() => client.connection.close());
  const taskQueue = `headgate-${randomUUID()}`;
  const deployment = new CanaryDeployment({ client, taskQueue, workflowIdPrefix: `${taskQueue}/` });
  const workers: RunningWorker[] = [];
  const start: WorldOn<Plane>['startWorker'] = async (settings = {}, knowing = services) => {
    const worker = await startWorker(
      { connection: { address }, namespace: 'default', taskQueue, ...converter },
      portsKnowing(knowing),
      {
        ...DEFAULT_WORKER_SETTINGS,
        shutdownGraceMs: 1000,
        // A second one costs more than the few rollouts of a test.
        workflowThreads: 1,
        ...settings,
      },
    );
    workers.push(worker);
    return worker;
  };
  if (options.worker !== 'none') await start(options.worker);
  const [first = 'checkout'] = services;
  const routeOf = (service = first) => portsOf(service).route;
  const weights = async (service?: string): Promise<Weights> => {
    const [instance] = await direct.readWeights(routeOf(service));
    if (instance === undefined || !('weights' in instance)) throw new Error('the data plane does not answer');
    return instance.weights;
  };
  const status: WorldOn<Plane>['status'] = (id, what, holds, deadlineMs = PATIENCE_MS) => {
    let last: unknown;
    return eventually(
      what,
      async () => {
        const seen = await deployment.getDeploymentStatus(id).catch((error: unknown) => {
          last = String(error);
        });
        if (seen === undefined) return undefined;
        last = seen;
        return seen.worker === 'answering' && holds(seen) ? seen : undefined;
      },
      deadlineMs,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; it stands at ${JSON.stringify(last, null, 1)}`);
    });
  };

  return {
    services,
    blue,
    green,
    plane,
    journal,
    journalFolder,
    takeJournalAway,
    observations,
    observationsFolder,
    client,
    deployment,
    taskQueue,
    ports,
    startWorker: start,
    startLoad(requestsPerSecond = 60) {
      const load = startLoad(plane.trafficUrl, requestsPerSecond, COOKIE);
      releases.unshift(() => load.stop());
      return load;
    },
    weights,
    candidateShare: async (service) => shareOf(await weights(service), 'green'),
    setWeights: (wanted, service = first) => plane.writeByHand(service, wanted),
    status,
    statusNow: (id) => status(id, 'a worker to answer', () => true),
    async closed(service) {
      await client.workflow.getHandle(`${taskQueue}/rollout/${service}`).result();
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.shutdown()));
      for (const release of releases) await release();
    },
  };
}

async function writeByHand(adminUrl: string, service: string, weights: Weights): Promise<void> {
  const { statusCode, body } = await request(`${adminUrl}/routes/${service}/weights`, {
    method: 'PUT',
    body: JSON.stringify({ weights }),
  });
  if (statusCode !== 200) throw new Error(`the gateway refuses: ${await body.text()}`);
  await body.dump();
}

function urlOf(relay: Relay): string {
  return `http://${relay.host}:${String(relay.port)}`;
}

/** A canary of a few seconds. */
export function quickPlan(change: Partial<CanaryPlan> = {}): CanaryPlan {
  return {
    service: 'checkout',
    name: 'checkout',
    stages: [25, 50, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 1500 })),
    analysis: { checks: [{ kind: 'threshold', metric: 'errorRate', max: 0.05, minRequests: 10 }] },
    monitoringIntervalMs: 500,
    autoProgression: true,
    onUnknown: { action: 'hold', deadlineMs: 60_000 },
    onDrift: 'hold',
    ...change,
  };
}

/** Stages that do not end by themselves while a test looks at them. */
export function longPlan(change: Partial<CanaryPlan> = {}): CanaryPlan {
  return quickPlan({
    stages: [25, 50, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 600_000 })),
    ...change,
  });
}
