import { afterEach, expect, inject, test } from 'vitest';
import { connectToTemporal } from '../../src/client/temporal.js';
import type { JournalEntry } from '../../src/ports/journal.js';
import { eventually, until } from '../contract/support/eventually.js';
import { longPlan, startWorld, type World } from './support/world.js';

let world: World;

afterEach(() => world.stop());

const handleOf = () => world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`);
const baked = (id: string) => world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
const numberOf = ({ id }: JournalEntry): number => Number(id.split('#')[1]);

/** As long as it takes until a line like this is there. */
const recordWith = (rolloutId: string, what: RegExp): Promise<readonly JournalEntry[]> =>
  eventually(
    `the journal to say ${String(what)}`,
    async () => {
      const entries = await world.journal.read({ rolloutId });
      return entries.some((entry) => what.test(entry.what)) ? entries : undefined;
    },
    60_000,
  );

const withoutGap = (entries: readonly JournalEntry[]): void =>
  expect(entries.map(numberOf)).toEqual(entries.map((_, index) => index + 1));

test('a rollout continues as new while the journal is away, and loses no line of hundreds [W32] [C-12]', async () => {
  world = await startWorld();
  const { id } = await world.deployment.start(longPlan(), { historyLimit: 60 });
  await baked(id);
  const giveBack = await world.takeJournalAway();
  const first = (await handleOf().describe()).runId;
  for (let command = 0; command < 300; command += 1)
    await handleOf().signal(command % 2 === 0 ? 'pause' : 'resume', { by: 'alice' });
  await until('a new run', async () => (await handleOf().describe()).runId !== first);
  await giveBack();
  await world.deployment.rollback(id, { reason: 'enough' });
  withoutGap(await recordWith(id, /^aborted: /));
});

test('what is written after it continued as new is written once, and names who sent it [W32] [S-03]', async () => {
  world = await startWorld();
  const bob = await connectToTemporal({ address: inject('temporalAddress'), identity: 'bob@laptop' });
  const { id } = await world.deployment.start(longPlan(), { historyLimit: 40 });
  await baked(id);
  await handleOf().signal('pause', { by: 'alice', reason: 'lunch' });
  await handleOf().signal('resume', { by: 'alice', reason: 'back' });
  const first = (await handleOf().describe()).runId;
  await until('a new run', async () => {
    await handleOf().signal('configure', { monitoringInterval: 2, by: 'alice' });
    return (await handleOf().describe()).runId !== first;
  });
  await bob.workflow.getHandle(`${world.taskQueue}/rollout/checkout`).signal('pause', { by: 'bob', reason: 'mine' });
  await bob.workflow.getHandle(`${world.taskQueue}/rollout/checkout`).signal('abort', {});
  const entries = await recordWith(id, /^aborted: /);
  withoutGap(entries);
  const identityOf = (what: RegExp): string | undefined => entries.find((entry) => what.test(entry.what))?.identity;
  expect([identityOf(/: lunch/), identityOf(/: back/), identityOf(/: mine/)]).toEqual([
    'tester@e2e',
    'tester@e2e',
    'bob@laptop',
  ]);
  await bob.connection.close();
});

test('a rollout that ends while the journal is away lets its service go; its last lines come later [W32] [C-10]', async () => {
  world = await startWorld();
  const { id } = await world.deployment.start(longPlan());
  await baked(id);
  const giveBack = await world.takeJournalAway();
  await world.deployment.rollback(id, { reason: 'enough' });
  await world.closed('checkout');
  const next = await world.deployment.start(longPlan());
  await baked(next.id);
  await giveBack();
  const entries = await recordWith(id, /^aborted: /);
  withoutGap(entries);
  expect(entries.at(-1)?.status).toMatchObject({ id, outcome: 'aborted' });
});
