import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, until } from '../contract/support/eventually.js';
import { buildCommandLine, commandLineFor, type CommandLine } from './support/command-line.js';
import { lineIn, type Line } from './support/line.js';
import { longPlan, startWorld, type World } from './support/world.js';

const SERVICES = ['checkout', 'search', 'orders', 'media'];
const TIMEOUT_MS = 240_000;

/** A worker that is frozen holds tasks, 10 s each, before others are given them. */
const PATIENCE_MS = 120_000;

let world: World;
let line: Line;
let headgate: CommandLine;
let holding: Holding;

beforeAll(async () => {
  await buildCommandLine();
  world = await startWorld({ services: SERVICES, worker: 'none' });
  line = lineIn(world);
  holding = await startHolding(world.gateway.adminUrl);
  headgate = await commandLineFor(world);
}, TIMEOUT_MS);

afterAll(async () => {
  await headgate.remove();
  await world.stop();
  await holding.stop();
});

const planOf = (service: string) => longPlan({ service, name: service });

describe('a stop that nobody is there for', () => {
  test(
    'is taken by the server, says that it acts when a worker comes, and does [M-07]',
    async () => {
      const worker = await world.startWorker();
      const id = await line.baked('checkout');
      await worker.shutdown();
      const asked = await headgate.run('stop-the-line', '-y', '--reason', 'at night');
      expect(asked).toMatchObject({ code: 124 });
      expect(asked.stdout).toMatch(/the server has the stop, and no worker answers/);
      expect(asked.stdout).toMatch(/headgate break-glass set-weights --all/);
      expect(await world.candidateShare('checkout')).toBe(25);
      await expect(world.deployment.start(planOf('media'))).rejects.toMatchObject({ code: 'LINE_STOPPED' });
      const next = await world.startWorker();
      await until('the traffic to be back', async () => (await world.candidateShare('checkout')) === 0);
      await line.status('the stop to hold', ({ stops }) => stops[0]?.inForceSince != null);
      expect(await world.deployment.getDeploymentStatus(id)).toMatchObject({ outcome: 'aborted' });
      const released = await headgate.run('stop-the-line', '--release', '-y', '--reason', 'morning');
      expect(released).toMatchObject({ code: 0, stderr: '' });
      await next.shutdown();
    },
    TIMEOUT_MS,
  );
});

describe('what was decided before the stop, and lands after it', () => {
  test(
    'a worker that was frozen in mid-write brings no share back when it goes on [M-07]',
    async () => {
      // The only worker so far: what is promoted is written by it.
      await headgate.pointTo({ router: holding.url, metrics: world.gateway.adminUrl });
      const inProcess = await world.startWorker();
      const id = await line.baked('search');
      const frozen = headgate.start('worker');
      await frozen.prints(/worker started/);
      await inProcess.shutdown();
      await world.status(id, 'the other worker to guard', ({ observed }) => observed !== null);
      holding.hold();
      await world.client.workflow
        .getHandle(`${world.taskQueue}/rollout/search`)
        .signal('promote', { reason: 'to 50 %' });
      await eventually('its write to be under way', () => holding.held[0]);
      frozen.kill('SIGSTOP');
      await world.startWorker();
      await line.rollouts.stopTheLine({ reason: 'it is frozen', timeoutMs: 0 });
      await until('the traffic to be back', async () => (await world.candidateShare('search')) === 0, PATIENCE_MS);
      await line.status('the stop to hold', ({ stops }) => stops[0]?.inForceSince != null);
      // The write that was on its way arrives now, and then the worker itself goes on.
      expect(await holding.letGo()).toEqual([409]);
      expect(await world.candidateShare('search')).toBe(0);
      frozen.kill('SIGCONT');
      await until('it to have come back', () => holding.passed > 0);
      expect(await world.candidateShare('search')).toBe(0);
      frozen.kill('SIGKILL');
      await frozen.ended;
      await line.release();
    },
    TIMEOUT_MS,
  );

  test(
    'starts, promotions and retries fired all the while leave no share above 0 after the answer [M-07]',
    async () => {
      const fired = { starts: 0, refused: 0, promotions: 0 };
      let isOver = false;
      const ids = await Promise.all(['checkout', 'orders'].map((service) => line.baked(service)));
      const firing = SERVICES.map(async (service) => {
        while (!isOver) {
          try {
            const { id } = await world.deployment.start(planOf(service));
            fired.starts += 1;
            await world.client.workflow.getHandle(`${world.taskQueue}/rollout/${service}`).signal('promote', {});
            await world.client.workflow.getHandle(`${world.taskQueue}/rollout/${service}`).signal('resume', {});
            fired.promotions += id === '' ? 0 : 1;
          } catch (error) {
            fired.refused += error instanceof Error && 'code' in error && error.code === 'LINE_STOPPED' ? 1 : 0;
          }
        }
      });
      await until('some to have been started', () => fired.promotions >= 2);
      const { isInForce, stop } = await line.rollouts.stopTheLine({ reason: 'now', timeoutMs: TIMEOUT_MS });
      expect(isInForce).toBe(true);
      const shares: number[] = [];
      const seenAfter = fired.refused;
      await until('many more to have been refused', async () => {
        for (const service of SERVICES) shares.push(await world.candidateShare(service));
        return fired.refused > seenAfter + 20;
      });
      isOver = true;
      await Promise.all(firing);
      expect(Math.max(...shares)).toBe(0);
      for (const id of ids)
        expect(await world.deployment.getDeploymentStatus(id)).toMatchObject({ outcome: 'aborted' });
      await line.rollouts.releaseTheLine({ reason: 'over', ...(stop === null ? {} : { stop: stop.id }) });
    },
    TIMEOUT_MS,
  );
});

interface Holding {
  readonly url: string;
  /** What is written from now on is kept, and not passed on. */
  hold(): void;
  /** The paths of what is kept. */
  readonly held: readonly string[];
  /** How many requests were passed on since it has let go. */
  readonly passed: number;
  /** Passes on what was kept; the status of each answer. */
  letGo(): Promise<readonly number[]>;
  stop(): Promise<void>;
}

/** Stands before an admin API, and can keep writes that were sent until later: as if their packets were late. */
async function startHolding(adminUrl: string): Promise<Holding> {
  let isHolding = false;
  let passed = 0;
  let kept: { readonly path: string; readonly go: () => Promise<number> }[] = [];
  const pass = async (incoming: IncomingMessage, body: Buffer, response: ServerResponse): Promise<number> => {
    const { method, headers, url = '' } = incoming;
    const asked = ask(`${adminUrl}${url}`, { method, headers: { ...headers, host: 'localhost' } });
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const said = Buffer.concat(await answer.toArray());
    response.writeHead(answer.statusCode ?? 502, answer.headers).end(said);
    passed += 1;
    return answer.statusCode ?? 502;
  };
  const server = createServer((incoming, response) => {
    void (async () => {
      const body = Buffer.concat(await incoming.toArray());
      const path = incoming.url ?? '';
      const isWrite = incoming.method === 'PUT' && path.includes('weights');
      if (isHolding && isWrite) kept.push({ path, go: () => pass(incoming, body, response) });
      else await pass(incoming, body, response);
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    hold: () => {
      isHolding = true;
    },
    get held() {
      return kept.map(({ path }) => path);
    },
    get passed() {
      return passed;
    },
    async letGo() {
      const [first] = kept;
      isHolding = false;
      kept = [];
      const status = first === undefined ? [] : [await first.go()];
      passed = 0;
      return status;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
