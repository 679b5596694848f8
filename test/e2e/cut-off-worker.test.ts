import { createServer, request as ask, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { request } from 'undici';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import { startGateway, type Gateway } from '../../src/gateway/gateway.js';
import { until } from '../contract/support/eventually.js';
import { startRelay, type Relay } from '../contract/support/relay.js';
import { buildCommandLine, commandLineFor, type CommandLine, type Running } from './support/command-line.js';
import { quickPlan, startWorld, type World } from './support/world.js';

/** What becomes of a rollout after its worker was cut off and another one has taken it over. */
const STEPS: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
  taken: () => Promise.resolve(),
  moved: async (id) => {
    await world.deployment.promoteToNextStage(id);
    await world.status(
      id,
      'the next stage',
      ({ currentStage, stageStartedAt }) => currentStage === 2 && stageStartedAt !== null,
    );
  },
  overruled: async (id) => {
    await world.deployment.setRollbackPolicy(id, { autoRollback: false });
  },
  watched: async (id) => {
    await world.deployment.enableAutoProgression(id, { monitoringInterval: 2 });
  },
  reset: async (id) => {
    const before = await fenceOf('reset');
    await world.deployment.pause(id);
    await world.deployment.resume(id, { modifiedConfig: { traffic: 0.25 } });
    await until('the stage to begin anew', async () => (await fenceOf('reset')) > before);
  },
  retried: async (id) => {
    await world.deployment.rollback(id);
    await world.closed('retried');
    const again = await world.deployment.start(planOf('retried'));
    await baked(again.id);
  },
  promoted: async (id) => {
    await world.deployment.promoteToNextStage(id, { full: true });
    await world.status(
      id,
      'full load',
      ({ currentStage, stageStartedAt }) => currentStage === 3 && stageStartedAt !== null,
    );
    await world.deployment.finish(id);
    await world.closed('promoted');
  },
};

/** Its guard acts while it is cut off: so it lives, and sees what the others' guards see. */
const CONTROL = 'control';

let world: World;
let liar: Liar;
let recorder: Recorder;
let relay: Relay;
let headgate: CommandLine;
let cutOff: Running;
const ids = new Map<string, string>();

const planOf = (service: string): CanaryPlan =>
  quickPlan({
    service,
    name: service,
    stages: [25, 50, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 600_000 })),
  });
const baked = (id: string) =>
  world.status(id, 'the stage to bake', ({ stageStartedAt, phase }) => stageStartedAt !== null && phase !== 'waiting');
const fenceOf = async (service: string): Promise<number> => {
  const { body } = await request(`${world.gateway.adminUrl}/routes/${service}/weights`);
  return ((await body.json()) as { fence: number }).fence;
};

beforeAll(async () => {
  await buildCommandLine();
  const services = [CONTROL, ...Object.keys(STEPS)];
  world = await startWorld({ services, worker: 'none' });
  world.startLoad();
  liar = await startLiar(services);
  recorder = await startRecorder(world.gateway.adminUrl);
  const [host = '', port = ''] = inject('temporalAddress').split(':');
  relay = await startRelay({ host, port: Number(port) });
  headgate = await commandLineFor(world, { TEMPORAL_ADDRESS: `${relay.host}:${String(relay.port)}` });
  // It reaches the data plane through who records what it writes, and is lied to about what it measures.
  await headgate.pointTo({ router: recorder.url, metrics: liar.gateway.adminUrl });
  cutOff = headgate.start('worker');
  await cutOff.prints(/worker started/);
  for (const service of services) ids.set(service, (await world.deployment.start(planOf(service))).id);
  for (const id of ids.values()) await world.status(id, 'the stage to be watched', ({ observed }) => observed !== null);

  relay.set('silent');
  const fencesBefore = new Map(await Promise.all(services.map(async (one) => [one, await fenceOf(one)] as const)));
  await until('its guard to act all the same', async () => {
    await liar.failOn(CONTROL);
    return (await world.candidateShare(CONTROL)) === 0;
  });
  await world.startWorker();
  for (const service of Object.keys(STEPS)) {
    await until(
      `${service} to be taken over`,
      async () => (await fenceOf(service)) !== fencesBefore.get(service),
      90_000,
    );
  }
}, 300_000);

afterAll(async () => {
  cutOff.kill('SIGKILL');
  await cutOff.ended;
  await headgate.remove();
  await world.stop();
  await Promise.all([relay.stop(), recorder.stop(), liar.gateway.close()]);
});

describe('a worker that is cut off from Temporal writes nothing', () => {
  test.each(Object.keys(STEPS))(
    'once its rollout was %s [C-21] [W9] [C-12]',
    async (service) => {
      await STEPS[service]?.(ids.get(service) ?? '');
      const [shareBefore, fenceBefore] = [await world.candidateShare(service), await fenceOf(service)];
      recorder.writes.length = 0;
      const sinceMs = Date.now();
      // Three of its intervals, in each of which all requests of the candidate fail as far as it can see.
      await until('it to have seen what would be a breach', async () => {
        await liar.failOn(service);
        return Date.now() - sinceMs > 3 * planOf(service).monitoringIntervalMs + 1000;
      });
      expect(recorder.writes.filter((path) => path.includes(service))).toEqual([]);
      expect([await world.candidateShare(service), await fenceOf(service)]).toEqual([shareBefore, fenceBefore]);
    },
    120_000,
  );
});

interface Liar {
  readonly gateway: Gateway;
  /** Some requests that go well on the baseline, and fail on the candidate. */
  failOn(service: string): Promise<void>;
}

/** A gateway of its own, with the same routes: who looks there sees other requests than there are. */
async function startLiar(services: readonly string[]): Promise<Liar> {
  const backend = async (status: number): Promise<string> => {
    const server = createServer((_, response) => response.writeHead(status).end());
    return urlOf(await listening(server));
  };
  const backends = { blue: { url: await backend(200) }, green: { url: await backend(500) } };
  const initialWeights = [
    { backend: 'green', percent: 50 },
    { backend: 'blue', percent: 50 },
  ];
  const gateway = await startGateway({
    ring: { grainMs: 100 },
    drainMs: 100,
    routes: services.map((name) => ({ name, match: { pathPrefix: `/${name}` }, backends, initialWeights })),
  });
  return {
    gateway,
    async failOn(service) {
      const one = async (): Promise<void> => {
        const { body } = await request(`${gateway.trafficUrl}/${service}`);
        await body.dump();
      };
      await Promise.all(Array.from({ length: 40 }, one));
    },
  };
}

interface Recorder {
  readonly url: string;
  /** The paths that something was written to. */
  readonly writes: string[];
  stop(): Promise<void>;
}

/** Passes everything on to an admin API, and notes what is written. */
async function startRecorder(adminUrl: string): Promise<Recorder> {
  const writes: string[] = [];
  const server = createServer((incoming, response) => {
    if (incoming.method === 'PUT') writes.push(incoming.url ?? '');
    const { method, url, headers } = incoming;
    const passed = ask(`${adminUrl}${url ?? ''}`, { method, headers: { ...headers, host: 'localhost' } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    incoming.pipe(passed);
  });
  const listeningServer = await listening(server);
  return {
    url: urlOf(listeningServer),
    writes,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function listening(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
