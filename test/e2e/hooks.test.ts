import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWebhook } from '../../src/adapters/hooks/webhook.js';
import type { HooksOfService } from '../../src/domain/hooks/state.js';
import type { Hook } from '../../src/ports/hooks.js';
import { until } from '../contract/support/eventually.js';
import {
  BEHAVIOURS,
  startHookReceiver,
  verify,
  type Behaviour,
  type HookReceiver,
} from '../contract/support/hook-receiver.js';
import { longPlan, quickPlan, startWorld, type World } from './support/world.js';

const SECRET = `whsec_${Buffer.from('s'.repeat(32)).toString('base64')}`;
const TIMEOUT = { timeout: 180_000 };

let world: World;
let receiver: HookReceiver;

beforeEach(async () => {
  receiver = await startHookReceiver();
});

afterEach(async () => {
  await world.stop();
  await receiver.stop();
});

function webhook({ deadlineMs = 600_000, timeoutMs = 600_000 } = {}): Hook {
  const options = { url: receiver.url, secrets: ['env:SECRET'], allowAddresses: [], timeoutMs, deadlineMs };
  return createWebhook(options, () => SECRET);
}

async function worldWith(byMoment: HooksOfService, hook = webhook()): Promise<void> {
  const names = new Set(Object.values(byMoment).flat());
  world = await startWorld({ hooks: { byMoment, named: Object.fromEntries([...names].map((name) => [name, hook])) } });
  world.startLoad();
}

/** Answers one moment in one way, all others with yes. */
const only =
  (moment: string, behaviour: Behaviour): Behaviour =>
  (response, received) =>
    (received.payload.data.moment === moment ? behaviour : BEHAVIOURS.yes)(response, received);

const told = (): string[] => receiver.received.map(({ payload: { data } }) => `${data.moment} ${String(data.ordinal)}`);

test(
  'a canary asks before each share, runs its load, asks before it is promoted, and tells its end [M-08]',
  TIMEOUT,
  async () => {
    await worldWith({ beforeStage: ['ci'], whileStage: ['ci'], confirmPromotion: ['ci'], completed: ['ci'] });
    const { id } = await world.deployment.start(quickPlan({ version: 'v2' }));
    await world.closed('checkout');

    expect(told().filter((one) => !one.startsWith('whileStage'))).toEqual([
      'beforeStage 1',
      'beforeStage 2',
      'beforeStage 3',
      'confirmPromotion 1',
      'completed 1',
    ]);
    expect(told().filter((one) => one.startsWith('whileStage'))).toEqual([
      'whileStage 1',
      'whileStage 2',
      'whileStage 3',
    ]);
    for (const one of receiver.received) verify(SECRET, one);
    expect(receiver.at('beforeStage')[0]?.headers['webhook-id']).toBe(`${id}/beforeStage/1/ci`);
    expect(receiver.at('completed')[0]?.payload).toMatchObject({
      type: 'rollout.completed',
      data: {
        rolloutId: id,
        service: 'checkout',
        outcome: 'promoted',
        sequence: 1,
        what: 'checkout v2: promoted',
        where: 'green 100 %, blue 0 %, stage 3 of 3',
        commands: [`headgate history ${id}`, 'headgate undo checkout --reason …'],
        link: expect.stringContaining('http://temporal.example.com/namespaces/default/workflows/') as string,
      },
    });
  },
);

test(
  'a no holds the rollout before its share, a person is called once and can go on without the hook [M-08]',
  TIMEOUT,
  async () => {
    receiver.answers = only('beforeStage', BEHAVIOURS.no);
    await worldWith({ beforeStage: ['ci'], needsHuman: ['chat'] });
    const { id } = await world.deployment.start(quickPlan());
    const held = await world.status(id, 'to be held', ({ phase }) => phase === 'held');

    expect(held.needsHuman).toBe('beforeStage: a hook said no: not on a Friday');
    expect(await world.candidateShare()).toBe(0);
    await until('people to be told', () => receiver.at('needsHuman').length > 0);
    expect(receiver.at('needsHuman')[0]?.payload.data).toMatchObject({
      why: 'beforeStage: a hook said no: not on a Friday',
      commands: expect.arrayContaining([
        'headgate resume checkout',
        `headgate promote checkout --if-stage 1 --reason …`,
      ]) as string[],
    });

    await world.client.workflow
      .getHandle(`${world.taskQueue}/rollout/checkout`)
      .executeUpdate('promote', { args: [{ by: 'Ada', reason: 'I know' }] });
    const { history } = await world.status(id, 'the first share', ({ stageStartedAt }) => stageStartedAt !== null);
    expect(history.map(({ what }) => what)).toContain('Ada goes on without the hook beforeStage');
    expect(receiver.at('beforeStage').length).toBe(1);
    expect(receiver.at('needsHuman').length).toBe(1);
    await world.deployment.rollback(id);
  },
);

test.each(['error', 'html', 'redirect'] as const)(
  'a hook that answers with %s until its deadline holds the rollout, and is asked anew when a person resumes [M-08]',
  TIMEOUT,
  async (name) => {
    receiver.answers = only('beforeStage', BEHAVIOURS[name]);
    await worldWith({ beforeStage: ['ci'] }, webhook({ deadlineMs: 500 }));
    const { id } = await world.deployment.start(quickPlan());
    const { needsHuman } = await world.status(id, 'to be held', ({ phase }) => phase === 'held');
    expect(needsHuman).toContain('beforeStage: a hook did not answer');
    expect(await world.candidateShare()).toBe(0);

    receiver.answers = BEHAVIOURS.yes;
    await world.deployment.resume(id);
    await world.closed('checkout');
    // What was answered to the first question opened nothing: the second one has a number of its own.
    expect(receiver.at('beforeStage').map(({ payload }) => payload.data.ordinal)).toEqual(
      expect.arrayContaining([1, 2, 3, 4]),
    );
  },
);

test('not yet is asked again under the same key, until it is a yes [M-08]', TIMEOUT, async () => {
  let asked = 0;
  receiver.answers = only('beforeStage', (response, received) => {
    asked += 1;
    (asked < 3 ? BEHAVIOURS.notYet : BEHAVIOURS.yes)(response, received);
  });
  await worldWith({ beforeStage: ['ci'] });
  await world.deployment.start(quickPlan({ stages: [{ trafficPercent: 100, durationMs: 500 }] }));
  await world.closed('checkout');
  const ids = receiver.at('beforeStage').map(({ headers }) => headers['webhook-id']);
  expect(ids.length).toBe(3);
  expect(new Set(ids).size).toBe(1);
  expect(receiver.at('beforeStage').map(({ headers }) => headers['headgate-attempt'])).toEqual(['1', '2', '3']);
});

test('an abort does not wait for a hook that hangs [M-08]', TIMEOUT, async () => {
  receiver.answers = BEHAVIOURS.hang;
  await worldWith({ beforeStage: ['ci'] });
  const { id } = await world.deployment.start(quickPlan());
  await until('the hook to be asked', () => receiver.at('beforeStage').length > 0);
  const { reason } = await world.status(id, 'to say what it waits for', () => true);
  expect(reason).toBe('waiting for the answer of the hook beforeStage');
  await world.deployment.rollback(id, { reason: 'enough' });
  await world.closed('checkout');
  expect(await world.candidateShare()).toBe(0);
});

test('200 hooks that hang delay neither the guard nor the way back [M-08]', TIMEOUT, async () => {
  receiver.answers = BEHAVIOURS.hang;
  const names = Array.from({ length: 200 }, (_, index) => `chat-${String(index)}`);
  await worldWith({ needsHuman: names });
  const [first, ...others] = quickPlan().stages;
  const approval = { timeoutMs: null, onTimeout: 'hold' } as const;
  const stages = first === undefined ? [] : [{ ...first, approval }, ...others];
  const { id } = await world.deployment.start(quickPlan({ stages }));
  await world.status(id, 'to wait for approval', ({ phase }) => phase === 'awaitingApproval');
  await until('hooks to hang', () => receiver.received.length >= 100, 60_000);

  world.green.behaviour.errorRate = 0.6;
  await until('all traffic to be back', async () => (await world.candidateShare()) === 0, 30_000);
  const { outcome } = await world.status(id, 'to end', ({ isComplete }) => isComplete);
  expect(outcome).toBe('rolledBack');
});

test('hooks that are away do not keep the service, and are told later, in order [M-08]', TIMEOUT, async () => {
  receiver.answers = BEHAVIOURS.error;
  await worldWith({ rolledBack: ['chat'], completed: ['chat'] });
  const { id } = await world.deployment.start(longPlan());
  await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
  await world.deployment.rollback(id, { reason: 'enough' });
  await world.closed('checkout');
  expect(new Set(told())).toEqual(new Set(['rolledBack 1']));

  receiver.answers = BEHAVIOURS.yes;
  await until('the rest to be told', () => receiver.at('completed').length > 0, 60_000);
  const order = receiver.received.map(({ payload }) => payload.data.sequence ?? 0);
  expect(order).toEqual([...order].sort((one, other) => one - other));
  expect(receiver.at('completed')[0]?.payload.data).toMatchObject({ outcome: 'aborted', why: 'aborted: enough' });
});

test('a run that continues as new while a gate is shut asks the same question on [M-08]', TIMEOUT, async () => {
  receiver.answers = BEHAVIOURS.hang;
  await worldWith({ beforeStage: ['ci'] });
  const { id } = await world.deployment.start(longPlan(), { historyLimit: 20 });
  await until('the hook to be asked', () => receiver.at('beforeStage').length > 0);
  const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`);
  const first = (await handle.describe()).runId;
  for (let round = 0; round < 3; round += 1) {
    await world.deployment.pause(id);
    await world.deployment.resume(id);
  }
  await until('a new run', async () => (await handle.describe()).runId !== first, 60_000);
  await until('the hook to be asked again', () => receiver.at('beforeStage').length > 1, 60_000);
  const ids = receiver.at('beforeStage').map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids)).toEqual(new Set([`${id}/beforeStage/1/ci`]));
  await world.deployment.rollback(id);
  await world.closed('checkout');
});

test('a yes that comes while the rollout is paused opens nothing: it is asked anew [M-08]', TIMEOUT, async () => {
  const late: ((body: string) => void)[] = [];
  receiver.answers = (response) => void late.push((body) => void response.end(body));
  await worldWith({ beforeStage: ['ci'] });
  const { id } = await world.deployment.start(longPlan());
  await until('the hook to be asked', () => late.length > 0);
  await world.deployment.pause(id);
  late[0]?.('{"answer":"yes"}');
  await world.status(id, 'the answer to be heard', ({ history }) =>
    history.some(({ what }) => what.includes('said yes')),
  );
  expect(await world.candidateShare()).toBe(0);

  receiver.answers = BEHAVIOURS.no;
  await world.deployment.resume(id);
  await world.status(id, 'to be held', ({ phase }) => phase === 'held');
  expect(await world.candidateShare()).toBe(0);
  expect(receiver.at('beforeStage').map(({ payload }) => payload.data.ordinal)).toEqual([1, 2]);
  await world.deployment.rollback(id);
});

test('an undo waits for no hook [M-08]', TIMEOUT, async () => {
  receiver.answers = only('beforeStage', BEHAVIOURS.yes);
  await worldWith({ beforeStage: ['ci'], confirmPromotion: ['ci'], completed: ['ci'] });
  await world.deployment.start(quickPlan({ version: 'v2', stages: [{ trafficPercent: 100, durationMs: 500 }] }));
  await world.closed('checkout');
  receiver.answers = only('completed', BEHAVIOURS.yes);
  receiver.received.length = 0;
  await world.deployment.undo('checkout', { now: true, reason: 'customers call' });
  await world.closed('checkout');
  expect(told()).toEqual(['completed 1']);
});

test('a no at the end holds at full load, and a person promotes without the hook [M-08]', TIMEOUT, async () => {
  receiver.answers = only('confirmPromotion', BEHAVIOURS.no);
  await worldWith({ confirmPromotion: ['ci'] });
  const { id } = await world.deployment.start(quickPlan({ stages: [{ trafficPercent: 100, durationMs: 500 }] }));
  const held = await world.status(id, 'to be held', ({ phase }) => phase === 'held');
  expect(held.needsHuman).toBe('confirmPromotion: a hook said no: not on a Friday');
  expect(held.takes).toEqual(expect.arrayContaining(['promote', 'resume', 'abort']));
  expect(await world.candidateShare()).toBe(100);
  await world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`).signal('promote', { by: 'Ada' });
  const { outcome } = await world.status(id, 'to end', ({ isComplete }) => isComplete);
  expect(outcome).toBe('promoted');
  expect(receiver.at('confirmPromotion').length).toBe(1);
});

test(
  'also a rollout that its preflight refused tells its end, once, and that nothing was moved [M-08]',
  TIMEOUT,
  async () => {
    await worldWith({ beforeStage: ['ci'], rolledBack: ['chat'], completed: ['chat'] });
    await world.deployment.start(quickPlan({ version: 'v9' }));
    await world.closed('checkout');
    expect(told()).toEqual(['completed 1']);
    expect(receiver.at('completed')[0]?.payload.data).toMatchObject({ outcome: 'aborted', where: 'nothing was moved' });
  },
);

test('without hooks a rollout schedules nothing for them [M-08]', TIMEOUT, async () => {
  world = await startWorld();
  world.startLoad();
  await world.deployment.start(quickPlan({ stages: [{ trafficPercent: 100, durationMs: 500 }] }));
  await world.closed('checkout');
  const { events } = await world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`).fetchHistory();
  const activities = events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name) ?? [];
  expect(activities).not.toContain('runHook');
});
