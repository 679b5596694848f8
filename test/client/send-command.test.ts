import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandRefusedError } from '../../src/client/errors.js';
import type { CommandAnswer } from '../../src/domain/stages/commands.js';
import { longPlan, quickPlan, startWorld, type World } from '../e2e/support/world.js';

const SERVICES = [
  'checkout',
  'slow',
  'paused',
  'asking',
  'undoing',
  'ended',
  'full',
  'twice',
  'retried',
  'oneId',
  'staleStop',
];

let world: World;
let letSlowGo: () => void = () => undefined;

beforeAll(async () => {
  const gate = new Promise<void>((resolve) => {
    letSlowGo = resolve;
  });
  world = await startWorld({
    services: SERVICES,
    tamper: (service) =>
      service.service === 'slow'
        ? {
            ...service,
            router: {
              ...service.router,
              readWeights: async (route) => gate.then(() => service.router.readWeights(route)),
            },
          }
        : service,
  });
});

afterAll(async () => {
  letSlowGo();
  await world.stop();
});

const planOf = (service: string) => longPlan({ service, name: service });
const unchecked = (service: string) =>
  quickPlan({
    service,
    name: service,
    analysis: { checks: [] },
    stages: [25, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 300 })),
  });
const baked = (id: string) => world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);

async function refusal(command: Promise<unknown>): Promise<CommandRefusedError> {
  const error: unknown = await command.then(
    (answer) => new Error(`it was taken: ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof CommandRefusedError) return error;
  throw error;
}

type Refused = (id: string) => Promise<CommandAnswer>;

/** Every refusal names the rollout and the verb, says why, and how to look. */
async function refuses(id: string, verb: string, code: string, why: RegExp, command: Refused): Promise<void> {
  const before = await world.statusNow(id);
  const error = await refusal(command(id));
  expect(error).toMatchObject({ code, next: [`headgate status ${id}`] });
  expect(error.message).toContain(`${id} does not take "${verb}" now: `);
  expect(error.message).toMatch(why);
  const after = await world.statusNow(id);
  expect(after).toMatchObject({ phase: before.phase, currentStage: before.currentStage, history: before.history });
}

describe('a baking stage', () => {
  let id: string;

  beforeAll(async () => {
    ({ id } = await world.deployment.start(planOf('checkout')));
    await baked(id);
  });

  test.each<[string, string, string, RegExp, Refused]>([
    [
      'a promotion that was meant for another stage',
      'promote',
      'STALE_STAGE',
      /meant for stage 2, .* at stage 1/,
      (of) => world.deployment.promoteToNextStage(of, { ifStage: 2 }),
    ],
    [
      'an approval that nobody asked for',
      'approve',
      'NOT_AWAITING_APPROVAL',
      /not waiting for an approval/,
      (of) => world.deployment.approve(of),
    ],
    [
      'a rejection that nobody asked for',
      'reject',
      'NOT_AWAITING_APPROVAL',
      /not waiting for an approval/,
      (of) => world.deployment.reject(of),
    ],
    [
      'a resume while nothing is paused',
      'resume',
      'NOT_PAUSED',
      /neither paused nor held/,
      (of) => world.deployment.resume(of),
    ],
    [
      'an end of the rollback window before there is one',
      'finish',
      'NOT_AT_FULL_LOAD',
      /full load/,
      (of) => world.deployment.finish(of),
    ],
    [
      'a pause of no length',
      'pause',
      'INVALID_COMMAND',
      /durationMinutes must be more than 0 and at most 525600, got 0/,
      (of) => world.deployment.pause(of, { durationMinutes: 0 }),
    ],
    [
      'an interval of no length',
      'configure',
      'INVALID_COMMAND',
      /at least 1 second and at most 86400, got 0/,
      (of) => world.deployment.enableAutoProgression(of, { monitoringInterval: 0 }),
    ],
  ])('does not take %s [C-08]', async (_, verb, code, why, command) => {
    await refuses(id, verb, code, why, command);
  });
});

describe('a paused stage', () => {
  let id: string;

  beforeAll(async () => {
    ({ id } = await world.deployment.start(planOf('paused')));
    await baked(id);
    await world.deployment.pause(id);
  });

  test.each<[string, string, string, RegExp, Refused]>([
    ['a second pause', 'pause', 'PAUSED', /paused already/, (of) => world.deployment.pause(of)],
    ['a promotion', 'promote', 'PAUSED', /resume it first/, (of) => world.deployment.promoteToNextStage(of)],
    [
      "the next stage's share",
      'resume',
      'INVALID_COMMAND',
      /above 0 and below the next stage's 50 % .*got 0.5/,
      (of) => world.deployment.resume(of, { modifiedConfig: { traffic: 0.5 } }),
    ],
    [
      'a share in percent, where a fraction is meant',
      'resume',
      'INVALID_COMMAND',
      /as a fraction\), got 10/,
      (of) => world.deployment.resume(of, { modifiedConfig: { traffic: 10 } }),
    ],
  ])('does not take %s [C-08] [C-09]', async (_, verb, code, why, command) => {
    await refuses(id, verb, code, why, command);
  });
});

test('before its first stage counts a rollout does not take a promotion [C-08]', async () => {
  const { id } = await world.deployment.start(planOf('slow'));
  await world.status(id, 'the preflight', ({ phase }) => phase === 'waiting');
  await refuses(id, 'promote', 'NOT_STARTED', /not read back yet/, (of) => world.deployment.promoteToNextStage(of));
  await world.deployment.rollback(id);
  letSlowGo();
});

test('a rollout that waits for approval takes a rejection once, and then an approval [C-07] [C-08]', async () => {
  const { id } = await world.deployment.start({ ...unchecked('asking'), autoProgression: false });
  await world.status(id, 'approval to be asked for', ({ phase }) => phase === 'awaitingApproval');
  expect(await world.deployment.reject(id, { by: 'Ada', reason: 'not on a Friday' })).toMatchObject({
    rolloutId: id,
    phase: 'held',
    currentStage: 1,
  });
  await refuses(id, 'reject', 'NOT_AWAITING_APPROVAL', /not waiting/, (of) => world.deployment.reject(of));
  expect(await world.deployment.approve(id, { by: 'Ada' })).toMatchObject({ rolloutId: id, effect: 'Approved' });
  await world.status(id, 'the next stage', ({ currentStage }) => currentStage === 2);
});

test('a rollout that is being undone takes nothing that would revive it [C-08]', async () => {
  const { id } = await world.deployment.start(planOf('undoing'));
  await baked(id);
  world.routerRelay.set('refusing');
  try {
    await world.deployment.rollback(id, { reason: 'enough' });
    // What it says of the router comes a moment later, and nothing after that.
    await world.status(
      id,
      'the undo to be stuck',
      ({ phase, needsHuman }) => phase === 'rollingBack' && needsHuman !== null,
    );
    const why = /being undone \(aborted: enough\); nothing revives it/;
    await refuses(id, 'pause', 'ROLLING_BACK', why, (of) => world.deployment.pause(of));
    await refuses(id, 'promote', 'ROLLING_BACK', why, (of) => world.deployment.promoteToNextStage(of));
    await refuses(id, 'resume', 'ROLLING_BACK', why, (of) => world.deployment.resume(of));
  } finally {
    world.routerRelay.set('open');
  }
  await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
});

test('a rollout that has ended takes nothing, not even an abort [C-08]', async () => {
  const { id } = await world.deployment.start(planOf('ended'));
  await baked(id);
  await world.deployment.rollback(id);
  await world.client.workflow.getHandle(`${world.taskQueue}/rollout/ended`).result();
  for (const verb of ['promoteToNextStage', 'resume', 'rollback', 'emergencyStop', 'finish'] as const) {
    expect(await refusal(world.deployment[verb](id))).toMatchObject({ code: 'ROLLOUT_ENDED' });
  }
  expect(await world.candidateShare('ended')).toBe(0);
});

test('at full load there is nothing left but to finish, once [C-01] [C-08]', async () => {
  const { id } = await world.deployment.start({
    ...planOf('full'),
    analysis: { checks: [] },
  });
  await baked(id);
  await world.deployment.promoteToNextStage(id, { full: true });
  await world.status(
    id,
    'full load',
    ({ currentStage, stageStartedAt }) => currentStage === 3 && stageStartedAt !== null,
  );
  expect(await world.candidateShare('full')).toBe(100);
  expect(await world.deployment.finish(id, { by: 'Ada' })).toMatchObject({ effect: 'Rollback window ended early' });
  expect(await world.deployment.wait(id, { pollMs: 20 })).toMatchObject({ outcome: 'promoted' });
  expect(await refusal(world.deployment.finish(id))).toMatchObject({ code: 'ROLLOUT_ENDED' });
});

test('the same command sent twice at the same time counts once, and both are answered [C-08]', async () => {
  const { id } = await world.deployment.start({ ...planOf('twice'), analysis: { checks: [] } });
  await baked(id);
  const asking = { commandId: 'ci-42', ifStage: 1, by: 'ci' };
  const answers = await Promise.all([1, 2, 3].map(() => world.deployment.promoteToNextStage(id, asking)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  const status = await world.status(
    id,
    'the second stage to bake',
    ({ currentStage, stageStartedAt }) => currentStage === 2 && stageStartedAt !== null,
  );
  expect(status.history.filter(({ what }) => what.startsWith('Promoted'))).toHaveLength(1);
  expect(await world.candidateShare('twice')).toBe(50);
});

test('a signal that was ignored has not counted: the same command as an update is answered for what it is [W42]', async () => {
  const { id } = await world.deployment.start(planOf('retried'));
  await baked(id);
  const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/retried`);
  await handle.signal('pause', { rolloutId: 'retried@yesterday', commandId: 'ci-1' });
  await handle.signal('promote', { stage: 7, commandId: 'ci-2' });
  const ignored = await world.status(id, 'both to be ignored', ({ history }) =>
    ['pause ignored', 'promote ignored'].every((words) => history.some(({ what }) => what.startsWith(words))),
  );
  expect(ignored).toMatchObject({ phase: 'progressing', currentStage: 1 });
  expect((await refusal(world.deployment.promoteToNextStage(id, { commandId: 'ci-2', ifStage: 7 }))).code).toBe(
    'STALE_STAGE',
  );
  expect(await world.deployment.pause(id, { commandId: 'ci-1' })).toMatchObject({ phase: 'paused' });
});

test('one id for several verbs is a command each: an abort is not taken for the pause before it [C-08] [W42]', async () => {
  const { id } = await world.deployment.start(planOf('oneId'));
  await baked(id);
  const asking = { commandId: 'ci-42', by: 'ci' };
  expect(await world.deployment.pause(id, asking)).toMatchObject({ phase: 'paused' });
  expect(await world.deployment.resume(id, asking)).toMatchObject({ phase: 'progressing' });
  await world.deployment.rollback(id, asking);
  await world.status(id, 'the rollout to end', ({ outcome }) => outcome === 'aborted');
});

test('a stop that is meant for another stage is not taken, and its sender is told [C-08]', async () => {
  const { id } = await world.deployment.start(planOf('staleStop'));
  await baked(id);
  const stale = { by: 'ada', ifStage: 2 };
  for (const [verb, stop] of [
    ['abort', () => world.deployment.rollback(id, stale)],
    ['emergencyStop', () => world.deployment.emergencyStop(id, stale)],
  ] as const) {
    const error = await refusal(stop());
    expect(error).toMatchObject({ code: 'STALE_STAGE', next: [`headgate status ${id}`] });
    expect(error.message).toBe(`${id} does not take "${verb}" now: meant for stage 2, the rollout is at stage 1`);
  }
  expect(await world.statusNow(id)).toMatchObject({ phase: 'progressing', currentStage: 1, stop: null });
  await world.deployment.rollback(id, { by: 'ada', ifStage: 1 });
  await world.status(id, 'the rollout to end', ({ outcome }) => outcome === 'aborted');
});

test('a command for a rollout that never was is not found [U-04]', async () => {
  await expect(world.deployment.pause('nobody')).rejects.toMatchObject({ code: 'ROLLOUT_NOT_FOUND', got: 'nobody' });
});

describe('while no worker runs', () => {
  test(
    'what needs an answer says so in time; an abort is taken at once and done when a worker comes [M-04] [C-12]',
    { timeout: 240_000 },
    async () => {
      const nobody = await startWorld({ worker: 'none' });
      try {
        const { id } = await nobody.deployment.start(longPlan());
        const error: unknown = await nobody.deployment.pause(id).catch((reason: unknown) => reason);
        expect(error).toMatchObject({
          code: 'NO_WORKER',
          next: [`headgate status ${id}`, `headgate abort ${id} --reason …`],
        });
        await nobody.deployment.rollback(id, { reason: 'never mind' });
        await nobody.startWorker();
        const status = await nobody.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
        expect(status).toMatchObject({ outcome: 'aborted', reason: 'aborted: never mind' });
        expect(await nobody.candidateShare()).toBe(0);
      } finally {
        await nobody.stop();
      }
    },
  );
});
