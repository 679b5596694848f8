import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import type { ServicePorts } from '../../src/ports/service.js';
import { without } from '../activities/support/fabricated.js';
import { buildCommandLine, commandLineFor, type CommandLine } from './support/command-line.js';
import { longPlan, quickPlan, startWorld, type World } from './support/world.js';

/** A program is loaded and connects anew for every line. */
const TIMEOUT_MS = 240_000;

const SERVICES = [
  ...['ended', 'unprobed', 'replaced', 'in-flight', 'twice', 'rolled-back', 'terminated', 'failing', 'by-hand'],
  ...['never', 'claimed', 'stopped'],
];

const HEALTH = { endpoints: ['/health'], intervalMs: 200, timeoutMs: 5000, successThreshold: 0.95 };

let world: World;
let headgate: CommandLine;

beforeAll(async () => {
  await buildCommandLine();
  world = await startWorld({
    services: SERVICES,
    tamper: (service) => ({
      ...withoutVersionOf(service),
      ...(service.service === 'unprobed' ? {} : { health: HEALTH }),
    }),
  });
  headgate = await commandLineFor(world);
});

afterAll(async () => {
  await headgate.remove();
  await world.stop();
});

function withoutVersionOf(service: ServicePorts): ServicePorts {
  return service.service === 'claimed' ? without(service, 'version') : service;
}

function plan(service: string, change: Partial<CanaryPlan> = {}): CanaryPlan {
  const stages = [25, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 300 }));
  return quickPlan({ service, name: service, version: 'v2', stages, analysis: { checks: [] }, ...change });
}

async function ended(id: string): Promise<RolloutStatus> {
  const status = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
  await world.closed(status.service);
  return status;
}

async function rollOut(service: string, change: Partial<CanaryPlan> = {}): Promise<RolloutStatus> {
  const { id } = await world.deployment.start(plan(service, change));
  return ended(id);
}

async function baking(id: string): Promise<RolloutStatus> {
  return world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
}

/** A window that does not end by itself while a test looks at it. */
const LONG_WINDOW = [
  { trafficPercent: 25, durationMs: 300 },
  { trafficPercent: 100, durationMs: 600_000 },
];

/** Promoted early by a person, so that the undo of it has the whole window. */
async function rollOutWithLongWindow(service: string, change: Partial<CanaryPlan> = {}): Promise<RolloutStatus> {
  const { id } = await world.deployment.start(plan(service, { stages: LONG_WINDOW, ...change }));
  await world.status(id, 'full load', ({ currentStage, stageEndsAt }) => currentStage === 2 && stageEndsAt !== null);
  await world.deployment.finish(id);
  return ended(id);
}

describe('after a promotion', () => {
  test(
    'rollback names the way back, undo goes it, and an undo of that goes forth again [W52] [C-16]',
    async () => {
      expect(await rollOut('ended')).toMatchObject({ outcome: 'promoted' });
      const deadEnd = await headgate.run('rollback', 'ended');
      expect(deadEnd.code).toBe(5);
      expect(deadEnd.stderr).toContain('headgate undo ended --reason …');

      const undone = await headgate.run('undo', 'ended', '--reason', 'customers call', '--by', 'ada', '--wait');
      expect(undone.code, undone.stderr).toBe(0);
      expect(undone.stdout).toMatch(/^✔ ended undone: green → blue v1\n {2}all traffic on blue/);
      expect(await world.candidateShare('ended')).toBe(0);
      await world.closed('ended');
      const { document } = await headgate.ask('history', 'ended');
      if (document.kind !== 'History') throw new Error(`it printed a ${document.kind}`);
      expect(document.items).toContainEqual(
        expect.objectContaining({
          what: 'Started an undo: back to what served before: customers call',
          why: 'customers call',
          claimedBy: 'ada',
        }),
      );

      const forth = await headgate.ask('undo', 'ended', '--reason', 'it was not that', '--wait');
      expect(forth).toMatchObject({
        code: 0,
        document: { kind: 'RolloutStatus', outcome: 'promoted', version: 'v2', undo: { to: null, now: false } },
      });
      expect(await world.candidateShare('ended')).toBe(100);
    },
    TIMEOUT_MS,
  );

  test(
    'a backend that nobody probes is not known to be healthy: refused with the remedy, and gone to at once [C-16]',
    async () => {
      expect(await rollOut('unprobed')).toMatchObject({ outcome: 'promoted' });
      const refused = await headgate.run('undo', 'unprobed');
      expect(refused.code).toBe(2);
      expect(refused.stdout).toMatch(
        /nothing has moved: candidate: blue is not known to be healthy: no health endpoints/,
      );
      expect(refused.stdout).toContain('headgate undo unprobed --now');
      expect(await world.candidateShare('unprobed')).toBe(100);
      await world.closed('unprobed');

      const now = await headgate.ask('undo', 'unprobed', '--now', '--wait');
      expect(now).toMatchObject({ code: 0, document: { outcome: 'promoted', undo: { now: true }, version: 'v1' } });
      expect(await world.candidateShare('unprobed')).toBe(0);
    },
    TIMEOUT_MS,
  );

  test('a backend that is not well is refused, and gone to at once [C-16]', async () => {
    expect(await rollOut('stopped')).toMatchObject({ outcome: 'promoted' });
    world.blue.behaviour.healthy = false;
    try {
      const { id } = await world.deployment.undo('stopped');
      expect(await ended(id)).toMatchObject({
        outcome: 'aborted',
        moved: false,
        problems: [{ subject: 'candidate', message: expect.stringContaining('answered 503') as string }],
      });
      const now = await world.deployment.undo('stopped', { now: true });
      expect(await ended(now.id)).toMatchObject({ outcome: 'promoted', moved: true });
      expect(await world.candidateShare('stopped')).toBe(0);
    } finally {
      world.blue.behaviour.healthy = true;
    }
  });

  test('a backend that holds something else by now is refused, at once as well [C-16]', async () => {
    expect(await rollOut('replaced')).toMatchObject({ outcome: 'promoted' });
    world.blue.behaviour.version = 'v3';
    try {
      for (const now of [false, true]) {
        const { id } = await world.deployment.undo('replaced', { now });
        expect(await ended(id)).toMatchObject({
          outcome: 'aborted',
          moved: false,
          problems: [{ subject: 'undo', message: 'blue holds v3 by now', expected: 'v1, which served before' }],
        });
      }
      expect(await world.candidateShare('replaced')).toBe(100);
    } finally {
      world.blue.behaviour.version = 'v1';
    }
  });

  test('a backend that another version was started for since is refused where nobody can ask it [C-16]', async () => {
    expect(await rollOut('claimed', { version: '1.0.0' })).toMatchObject({ outcome: 'promoted' });
    expect(await rollOut('claimed', { version: '2.0.0' })).toMatchObject({ outcome: 'promoted' });
    // The preflight of 3.0.0 fails for another reason.
    world.green.behaviour.healthy = false;
    try {
      expect(await rollOut('claimed', { version: '3.0.0' })).toMatchObject({ outcome: 'aborted', moved: false });
    } finally {
      world.green.behaviour.healthy = true;
    }
    const { id } = await world.deployment.undo('claimed', { now: true });
    expect(await ended(id)).toMatchObject({
      problems: [{ subject: 'undo', message: 'green holds 3.0.0 by now', expected: '1.0.0, which served before' }],
    });
    expect(await world.candidateShare('claimed')).toBe(0);
  });
});

describe('a rollout in flight', () => {
  test(
    'is aborted by an undo, which says so [W52] [C-16]',
    async () => {
      const { id } = await world.deployment.start(longPlan({ service: 'in-flight', name: 'in-flight', version: 'v2' }));
      await baking(id);
      const undone = await headgate.run('undo', 'in-flight', '--reason', 'wrong build', '--wait');
      expect(undone.code, undone.stderr).toBe(0);
      expect(undone.stderr).toContain(`${id} is in flight: it is aborted`);
      expect(undone.stdout).toMatch(/^■ in-flight aborted by .*: undo: wrong build\n {2}all traffic on blue again/);
      expect(await world.candidateShare('in-flight')).toBe(0);
    },
    TIMEOUT_MS,
  );

  test('is left alone by a second undo when it is one: it must not go forth again [C-16]', async () => {
    expect(await rollOutWithLongWindow('twice')).toMatchObject({ outcome: 'promoted' });
    const first = await world.deployment.undo('twice');
    await baking(first.id);
    for (const wish of [{}, { now: true }, { to: 'blue' }])
      expect(await world.deployment.undo('twice', wish)).toEqual({ ...first, attached: true });
    expect(await world.candidateShare('twice')).toBe(0);
    const other = await world.deployment.undo('twice', { to: 'green', reason: 'it was right after all' });
    expect(other).toEqual({ ...first, attached: true, aborted: true });
    expect(await ended(first.id)).toMatchObject({
      outcome: 'aborted',
      roles: { candidate: 'blue', baseline: 'green' },
    });
    expect(await world.candidateShare('twice')).toBe(100);
    // What it would have gone back to is still there.
    const again = await world.deployment.undo('twice', { now: true });
    expect(await ended(again.id)).toMatchObject({ outcome: 'promoted', moved: true });
    expect(await world.candidateShare('twice')).toBe(0);
    // One that goes at once guards nothing, and teaches the next nothing about how to.
    const forth = await world.deployment.undo('twice');
    expect((await baking(forth.id)).stages[0]?.durationMs).toBeGreaterThan(10_000);
    await world.deployment.finish(forth.id);
    expect(await ended(forth.id)).toMatchObject({ outcome: 'promoted' });
  });
});

describe('when a rollout ended otherwise', () => {
  test(
    'there is nothing to undo after a rollback: it says what serves, and ends with 0 [W52] [C-16]',
    async () => {
      const { id } = await world.deployment.start(
        longPlan({ service: 'rolled-back', name: 'rolled-back', version: 'v2' }),
      );
      await baking(id);
      await world.deployment.rollback(id);
      await ended(id);
      const nothing = await headgate.run('undo', 'rolled-back');
      expect(nothing.code).toBe(0);
      expect(nothing.stdout).toMatch(/^✔ rolled-back: nothing to undo: v1 on blue serves everybody/);
      await world.closed('rolled-back');
      const forward = await headgate.run('undo', 'rolled-back', '--to', 'green', '--now');
      expect(forward.code).toBe(2);
      expect(forward.stdout).toContain('green did not serve before');
      expect(await world.candidateShare('rolled-back')).toBe(0);
    },
    TIMEOUT_MS,
  );

  test('one that was terminated goes back to its baseline at once [W52] [C-16]', async () => {
    const { id } = await world.deployment.start(longPlan({ service: 'terminated', name: 'terminated', version: 'v2' }));
    await baking(id);
    await world.status(id, 'its watch to look', ({ observed }) => observed !== null);
    await world.client.workflow.getHandle(`${world.taskQueue}/rollout/terminated`).terminate();
    expect(await world.candidateShare('terminated')).toBe(25);
    const undo = await world.deployment.undo('terminated');
    // It is not waited for on its way: who aborted it would send everybody to what has had 25 %.
    expect(await ended(undo.id)).toMatchObject({
      outcome: 'promoted',
      roles: { candidate: 'blue', baseline: 'green' },
      version: 'v1',
    });
    expect(await world.candidateShare('terminated')).toBe(0);
  });

  test('where somebody has moved traffic by hand, the backend has to be named [C-16]', async () => {
    expect(await rollOut('by-hand')).toMatchObject({ outcome: 'promoted' });
    await world.setWeights(
      [
        { backend: 'green', percent: 60 },
        { backend: 'blue', percent: 40 },
      ],
      'by-hand',
    );
    const refused = await world.deployment.undo('by-hand');
    expect(await ended(refused.id)).toMatchObject({
      outcome: 'aborted',
      problems: [{ subject: 'undo', remedy: 'Name it: --to blue or --to green' }],
    });
    const { id } = await world.deployment.undo('by-hand', { to: 'blue' });
    expect(await ended(id)).toMatchObject({ outcome: 'promoted', moved: true });
    expect(await world.candidateShare('by-hand')).toBe(0);
  });

  test('where there was none, nobody knows what served before [C-16]', async () => {
    const { id } = await world.deployment.undo('never');
    expect(await ended(id)).toMatchObject({ outcome: 'aborted', problems: [{ subject: 'undo' }] });
    await expect(world.deployment.undo('never@7f3a')).rejects.toMatchObject({ code: 'INVALID_ROLLOUT_ID' });
  });
});

describe('an undo is guarded', () => {
  test('by the checks of what it undoes; what fails calls a person, and goes nowhere by itself [C-16]', async () => {
    const checks = [{ kind: 'threshold', metric: 'errorRate', max: 0.05, minRequests: 10 }] as const;
    // Nobody sends requests here.
    const onUnknown = { action: 'continue', deadlineMs: 100 } as const;
    const promoted = await rollOutWithLongWindow('failing', { analysis: { checks }, onUnknown });
    expect(promoted).toMatchObject({ outcome: 'promoted' });
    const { id } = await world.deployment.undo('failing');
    const watched = await world.status(id, 'its watch to look', ({ checks: seen }) => seen.length > 0);
    expect(watched).toMatchObject({ autoRollback: false, checks: [{ name: 'errorRate' }] });
    world.blue.behaviour.healthy = false;
    try {
      const held = await world.status(
        id,
        'a person to be called',
        ({ phase, needsHuman }) => phase === 'held' && needsHuman !== null,
      );
      expect(held.reason).toMatch(/blue.*probes failed.*a person must decide/);
      expect(await world.candidateShare('failing')).toBe(0);
      await world.deployment.rollback(id, { by: 'ada', reason: 'better than this' });
      expect(await ended(id)).toMatchObject({ outcome: 'aborted' });
      expect(await world.candidateShare('failing')).toBe(100);
    } finally {
      world.blue.behaviour.healthy = true;
    }
  });
});
