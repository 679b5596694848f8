import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { CanaryDeployment } from '../../src/client/canary/canary-deployment.js';
import { connectToTemporal } from '../../src/client/temporal.js';
import type { JournalEntry } from '../../src/ports/journal.js';
import { eventually, until } from '../contract/support/eventually.js';
import { longPlan, quickPlan, startWorld, type World } from './support/world.js';

const SERVICES = ['checkout', 'cancelled', 'long', 'unwritable'];

let world: World;
let grace: Client;

beforeAll(async () => {
  world = await startWorld({ services: SERVICES });
  grace = await connectToTemporal({ address: inject('temporalAddress'), identity: 'grace@laptop' });
});

afterAll(async () => {
  await grace.connection.close();
  await world.stop();
});

const handleOf = (service: string, client = world.client) =>
  client.workflow.getHandle(`${world.taskQueue}/rollout/${service}`);
const baked = (id: string) => world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);

/** Everything that was written of a rollout, its outcome included. */
async function recordOf(service: string, rolloutId: string): Promise<readonly JournalEntry[]> {
  await handleOf(service).result();
  return world.journal.read({ service, rolloutId });
}

const said = (entries: readonly JournalEntry[], what: RegExp): JournalEntry =>
  entries.find((entry) => what.test(entry.what)) ??
  expect.fail(`nothing said ${String(what)}: ${JSON.stringify(entries, null, 1)}`);

describe('the record of a rollout', () => {
  test('has its start, decisions, commands with who sent and who claims to have, and the outcome as it stood [S-03]', async () => {
    const { id } = await world.deployment.start(longPlan({ version: 'v2' }), { requestedBy: 'ci:acme/shop#1' });
    await baked(id);
    await world.deployment.pause(id, { by: 'Ada', reason: 'lunch' });
    await handleOf('checkout', grace).signal('resume', { by: 'Ada, she says' });
    await world.status(id, 'the resume', ({ phase }) => phase === 'progressing');
    await handleOf('checkout', grace).signal('promote', { rolloutId: 'checkout@yesterday' });
    await new CanaryDeployment({
      client: grace,
      workflowIdPrefix: `${world.taskQueue}/`,
    }).pause(id, { reason: 'again' });
    await world.deployment.rollback(id, { by: 'Ada', reason: 'bad feeling' });
    const entries = await recordOf('checkout', id);

    expect(entries[0]).toMatchObject({
      kind: 'started',
      what: 'Started v2: 25 % → 50 % → 100 %',
      identity: 'tester@e2e',
      claimedBy: 'ci:acme/shop#1',
    });
    expect(said(entries, /^Paused at 25 %: lunch/)).toMatchObject({
      kind: 'command',
      identity: 'tester@e2e',
      claimedBy: 'Ada',
    });
    expect(said(entries, /^Resumed/)).toMatchObject({ identity: 'grace@laptop', claimedBy: 'Ada, she says' });
    expect(said(entries, /^promote ignored: meant for checkout@yesterday/)).toMatchObject({ identity: 'grace@laptop' });
    expect(said(entries, /^Paused at 25 %: again/)).toMatchObject({ identity: 'grace@laptop', why: 'again' });
    expect(said(entries, /^Paused at 25 %: again/)).not.toHaveProperty('claimedBy');
    expect(said(entries, /^Abort: bad feeling/)).toMatchObject({
      identity: 'tester@e2e',
      claimedBy: 'Ada',
      why: 'bad feeling',
    });
    expect(said(entries, /^Stage 1 of 3: 25 % to green, read back/)).toMatchObject({ kind: 'decision' });
    expect(said(entries, /^Stopped: aborted by Ada: bad feeling; all traffic back to blue/)).toMatchObject({
      kind: 'decision',
    });

    const outcome = entries.at(-1);
    expect(outcome).toMatchObject({ kind: 'outcome', service: 'checkout', rolloutId: id });
    expect(outcome?.status).toMatchObject({ id, outcome: 'aborted', isComplete: true, requestedBy: 'ci:acme/shop#1' });
    expect(entries.filter(({ status }) => status !== undefined)).toHaveLength(1);
    expect(entries.map(({ id: own }) => own)).toEqual(entries.map((_, index) => `${id}#${String(index + 1)}`));
    expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).sort());
  });

  test('names who cancelled the workflow, past every command [S-03]', async () => {
    const { id } = await world.deployment.start(longPlan({ service: 'cancelled', name: 'cancelled' }));
    await baked(id);
    await handleOf('cancelled', grace).cancel();
    const entries = await recordOf('cancelled', id);
    expect(said(entries, /^Abort: the workflow was cancelled/)).toMatchObject({
      kind: 'command',
      identity: 'grace@laptop',
    });
    expect(entries.at(-1)?.status).toMatchObject({ outcome: 'aborted' });
  });

  test('goes on without a gap or a mix-up when the rollout continues as new [S-03] [C-12]', async () => {
    const { id } = await world.deployment.start(longPlan({ service: 'long', name: 'long' }), { historyLimit: 30 });
    await baked(id);
    await world.deployment.pause(id, { reason: 'one' });
    await world.deployment.resume(id);
    await world.deployment.pause(id, { reason: 'two' });
    await world.deployment.resume(id);
    await until('a new run', async () => !id.endsWith((await handleOf('long').describe()).runId));
    await handleOf('long', grace).signal('pause', { reason: 'three' });
    await world.status(id, 'the pause', ({ phase }) => phase === 'paused');
    await handleOf('long', grace).signal('abort');
    const entries = await recordOf('long', id);
    expect(entries[0]).toMatchObject({ kind: 'started', identity: 'tester@e2e' });
    expect(said(entries, /: one/)).toMatchObject({ identity: 'tester@e2e' });
    expect(said(entries, /: two/)).toMatchObject({ identity: 'tester@e2e' });
    expect(said(entries, /: three/)).toMatchObject({ identity: 'grace@laptop' });
    expect(entries.map(({ id: own }) => own)).toEqual(entries.map((_, index) => `${id}#${String(index + 1)}`));
  });
});

test(
  'a journal that cannot be written delays no step, and is complete when it can be written again [S-03]',
  { timeout: 240_000 },
  async () => {
    const { id } = await world.deployment.start(
      quickPlan({
        service: 'unwritable',
        name: 'unwritable',
        analysis: { checks: [] },
        stages: [25, 50, 100].map((trafficPercent, index) => ({
          trafficPercent,
          durationMs: index > 0 ? 400 : 600_000,
        })),
      }),
    );
    await baked(id);
    const giveBack = await world.takeJournalAway();
    try {
      await world.deployment.promoteToNextStage(id);
      const status = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
      expect(status.outcome).toBe('promoted');
      expect(await world.candidateShare('unwritable')).toBe(100);
      expect(await world.journal.read({ service: 'unwritable' }).catch((error: unknown) => error)).toBeInstanceOf(
        Error,
      );
      // It still tries to write: its last words are not given up.
      expect((await handleOf('unwritable').describe()).status.name).toBe('RUNNING');
    } finally {
      await giveBack();
    }
    const entries = await eventually(
      'the record to be complete',
      async () => {
        const written = await world.journal.read({ rolloutId: id });
        return written.some(({ kind }) => kind === 'outcome') ? written : undefined;
      },
      90_000,
    );
    await handleOf('unwritable').result();
    expect(entries.map(({ id: own }) => own)).toEqual(entries.map((_, index) => `${id}#${String(index + 1)}`));
    for (const stage of [1, 2, 3]) said(entries, new RegExp(`^Stage ${String(stage)} of 3: `));
    expect(entries.at(-1)).toMatchObject({ kind: 'outcome', status: { outcome: 'promoted' } });
  },
);
