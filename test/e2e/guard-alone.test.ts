import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import { eventually, until } from '../contract/support/eventually.js';
import { startRelay } from '../contract/support/relay.js';
import { startOwnTemporal } from './support/own-temporal.js';
import { longPlan, startWorld, type World } from './support/world.js';

/**
 * Longer than the SDK waits for a server that hangs before it gives activities up, and than a heartbeat may be missing.
 * Five minutes were tried by hand: `AWAY_SECONDS=300`.
 */
const AWAY_MS = Number(process.env['AWAY_SECONDS'] ?? 20) * 1000;

const TIMEOUT = { timeout: 240_000 + 2 * AWAY_MS };

/** How Temporal goes away, and how it comes back. */
interface Outage {
  readonly address: string;
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
  release(): Promise<void>;
}

const OUTAGES: Readonly<Record<string, () => Promise<Outage>>> = {
  async killed() {
    const temporal = await startOwnTemporal();
    return {
      address: temporal.address,
      begin: () => temporal.kill(),
      end: () => temporal.restart(),
      release: () => temporal.stop(),
    };
  },
  async frozen() {
    const temporal = await startOwnTemporal();
    return {
      address: temporal.address,
      begin: () => temporal.freeze(),
      end: () => temporal.thaw(),
      release: () => temporal.stop(),
    };
  },
  async 'behind a network that drops every packet'() {
    const [host = '', port = ''] = inject('temporalAddress').split(':');
    const relay = await startRelay({ host, port: Number(port) });
    return {
      address: `${relay.host}:${String(relay.port)}`,
      begin: () => relay.set('silent'),
      end: () => relay.set('open'),
      release: () => relay.stop(),
    };
  },
};

describe.each(Object.keys(OUTAGES))('while Temporal is %s', (kind) => {
  let outage: Outage;
  let world: World;
  let over: RolloutStatus;
  let steady: string;
  const at = { zeroMs: 0, backMs: 0 };

  beforeAll(async () => {
    outage = (await OUTAGES[kind]?.()) ?? expect.fail(kind);
    world = await startWorld({ temporalAddress: outage.address, services: ['checkout', 'steady'] });
    world.startLoad();
    const { id } = await world.deployment.start(longPlan());
    steady = (await world.deployment.start(longPlan({ service: 'steady', name: 'steady' }))).id;
    for (const one of [id, steady])
      await world.status(one, 'the stage to be watched', ({ observed }) => observed !== null);
    await outage.begin();
    const awaySinceMs = Date.now();
    await until('the outage to have lasted', () => Date.now() - awaySinceMs > AWAY_MS, AWAY_MS + 10_000);
    world.green.behaviour.errorRate = 0.5;
    await until('the candidate to have no traffic', async () => (await world.candidateShare()) === 0);
    at.zeroMs = Date.now();
    await until('the news to be old', () => Date.now() - at.zeroMs > 2000);
    at.backMs = Date.now();
    await outage.end();
    over = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
  }, TIMEOUT.timeout);

  afterAll(async () => {
    await world.stop();
    await outage.release();
  });

  test('a candidate that turns bad is sent back by its guard, and stays so [C-21] [W9]', async () => {
    expect(at.zeroMs).toBeLessThan(at.backMs);
    expect(await world.candidateShare()).toBe(0);
  });

  test('and afterwards the status says what the guard did, when, and for what [C-21]', () => {
    expect(over).toMatchObject({ outcome: 'rolledBack', reason: expect.stringMatching(/^errorRate/) as string });
    expect(over.stop).toMatchObject({ cause: 'breach' });
    expect(Date.parse(over.stop?.undoneAt ?? '')).toBeLessThan(at.backMs);
  });

  test('a stage that stayed healthy is watched on by whoever watches it first again [C-21] [C-12]', async () => {
    const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/steady`);
    const attempt = async (): Promise<number | undefined> => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.find(({ activityId }) => activityId?.startsWith('watch-'))?.attempt ?? undefined;
    };
    const back = await world.status(steady, 'it to be seen anew', ({ asOf }) => Date.parse(asOf) > at.backMs);
    expect(back).toMatchObject({ phase: 'progressing', needsHuman: null });
    // For longer than its sign of life may be missing, whichever attempt it is in the end.
    let [attempts, sinceMs] = [await attempt(), Date.parse(back.asOf)];
    await until(
      'one attempt to have gone on',
      async () => {
        const [{ asOf }, now] = [await world.statusNow(steady), await attempt()];
        if (now !== attempts) [attempts, sinceMs] = [now, Date.parse(asOf)];
        return Date.parse(asOf) - sinceMs > 12_000;
      },
      90_000,
    );
  });

  test('so do the journal and the outcome [C-21] [C-06]', async () => {
    const entries = await eventually('the outcome to be in the journal', async () => {
      const all = await world.journal.read({ rolloutId: over.id });
      return all.some(({ kind: one }) => one === 'outcome') ? all : undefined;
    });
    const stopped = entries.find(({ what }) => what.startsWith('Stopped: '));
    expect(stopped?.what).toMatch(/errorRate.*; the guard had put all traffic back to blue by itself at /);
    const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`);
    expect(await handle.result()).toMatchObject({
      outcome: 'rolledBack',
      weights: [
        { backend: 'green', percent: 0 },
        { backend: 'blue', percent: 100 },
      ],
    });
  });
});
