import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import type { PreflightReport } from '../../src/activities/contracts.js';
import { preflight } from '../../src/activities/preflight.js';
import { preflightPlanOf } from '../../src/domain/staged-traffic/guard-plan-of.js';
import { inspect } from '../../src/inspection/inspect.js';
import { sentenceOf } from '../../src/inspection/words.js';
import type { Hook, HookObstacle } from '../../src/ports/hooks.js';
import type { Ports } from '../../src/ports/service.js';
import { fitService, portsOf, somePlan } from '../activities/support/fabricated.js';

const OBSTACLE = { message: 'the command warm-up is not found', expected: 'a program', remedy: 'Install it' };

const hook = (obstacle: HookObstacle | null): Hook => ({
  deadlineMs: 1000,
  run: () => Promise.resolve({ answer: 'yes' }),
  findObstacle: () => Promise.resolve(obstacle),
});

const ports = {
  ...portsOf(fitService({ hooks: { beforeStage: ['warmUp', 'ci'], completed: ['ci'] } })),
  hooks: { warmUp: hook(OBSTACLE), ci: hook(null), unused: hook(OBSTACLE) },
};

test('a look at a service names its hooks that cannot work, and keeps nobody from starting [M-08]', async () => {
  const found = await inspect(ports, preflightPlanOf(somePlan()));
  expect(found).toEqual([{ code: 'hookCannotWork', hook: 'warmUp', moments: ['beforeStage'], ...OBSTACLE }]);
  expect(found.flatMap((one) => (one.code === 'hookCannotWork' ? [sentenceOf(one)] : []))).toEqual([
    'the hook warmUp (beforeStage) cannot work: the command warm-up is not found. Install it',
  ]);
});

const look = (known: Ports): Promise<PreflightReport> =>
  new MockActivityEnvironment().run(() => preflight(known, { plan: preflightPlanOf(somePlan()) }));

test('a preflight tells which hooks there are, and warns of those that cannot work [M-08]', async () => {
  expect(await look(ports)).toMatchObject({
    fit: true,
    hooks: { beforeStage: ['warmUp', 'ci'], completed: ['ci'] },
    warnings: expect.arrayContaining([
      expect.stringContaining('the hook warmUp (beforeStage) cannot work'),
    ]) as unknown[],
  });
  expect(await look(portsOf(fitService()))).not.toHaveProperty('hooks');
});
