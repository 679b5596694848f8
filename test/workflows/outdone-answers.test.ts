import { afterEach, describe, expect, test } from 'vitest';
import type { StageAnswer, WatchEnd } from '../../src/activities/contracts.js';
import { until } from '../helpers/until.js';
import { longPlan } from '../e2e/support/world.js';
import { startScripted, type ScriptedRollout } from './support/scripted-rollout.js';

let rollout: ScriptedRollout;

afterEach(() => rollout.stop());

const BREACH = { kind: 'breach', source: 'checks', reason: 'errors', evidence: null, sampledAtMs: 0 } as const;
const OWN: WatchEnd = { ...BREACH, shared: false };
const SHARED: WatchEnd = { ...BREACH, shared: true };

const judged = (verdict: StageAnswer['verdict']): StageAnswer => ({
  verdict,
  reason: `it is ${verdict}`,
  evidence: null,
  carried: null,
});

const watched = (count: number) => until(`watch ${String(count)} to be asked`, () => rollout.watches[count - 1]);
const askedFor = (count: number) =>
  until(`judgement ${String(count)} to be asked`, () => rollout.judgements[count - 1]);
const isHeld = () => until('the rollout to be held', async () => (await rollout.status()).phase === 'held');

describe('an answer to a question that was replaced in the same moment', () => {
  const policyThenAnswer = async (end: WatchEnd): Promise<void> => {
    rollout = await startScripted({ plan: longPlan() });
    const watch = await watched(1);
    await rollout.withoutWorkflows(async () => {
      await rollout.handle.signal('setRollbackPolicy', { policy: { errorRateThreshold: 0.9 } });
      watch.answer(end);
      await rollout.isAnswered('watch-1-1');
    });
  };

  test('does not undo by the policy of before: the new watch finds what there is [W30]', async () => {
    await policyThenAnswer(OWN);
    await watched(2);
    expect(await rollout.status()).toMatchObject({ phase: 'progressing', stop: null });
  });

  test('calls nobody for a guard that has been replaced by one that sees [W30]', async () => {
    await policyThenAnswer({ kind: 'blind', reason: 'a bug' });
    await watched(2);
    expect((await rollout.status()).needsHuman).toBeNull();
  });

  test('counts where the guard had undone the stage already [W30]', async () => {
    await policyThenAnswer({ ...OWN, undoneAtMs: 1 });
    await until('the end', async () => (await rollout.status()).isComplete);
    expect(await rollout.status()).toMatchObject({ outcome: 'rolledBack' });
  });

  test('does not fail a stage that a person has let go on in spite of it [W30]', async () => {
    rollout = await startScripted({
      plan: longPlan({ stages: [25, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 100 })) }),
    });
    (await askedFor(1)).answer(judged('inconclusive'));
    const again = await askedFor(2);
    (await watched(1)).answer(SHARED);
    await until('the rollout to be held for a person', async () => (await rollout.status()).needsHuman !== null);
    await rollout.withoutWorkflows(async () => {
      await rollout.handle.signal('resume', { by: 'ada' });
      again.answer(judged('failed'));
      await until('the judgement to be answered', async () => {
        const { pendingActivities } = (await rollout.handle.describe()).raw;
        return (pendingActivities ?? []).every(({ activityType }) => activityType?.name !== 'judgeStage');
      });
    });
    await askedFor(3);
    expect(await rollout.status()).toMatchObject({ phase: 'progressing', stop: null });
  });
});

describe('a watch of a share whose stage has ended', () => {
  test('begins anew when a person overrules what it has found, and sees again [W30] [C-21]', async () => {
    const gates: (() => void)[] = [];
    const beforeReading = () => new Promise<void>((open) => gates.push(open));
    rollout = await startScripted({ plan: longPlan(), beforeReading });
    const watch = await watched(1);
    await rollout.handle.signal('promote', {});
    (await askedFor(1)).answer(judged('successful'));
    const gate = await until('the drift to be looked for', () => gates[0]);
    watch.answer(SHARED);
    expect((await watched(2)).input).toMatchObject({ stage: 1, known: { sharedBreach: true } });
    gate();
    await isHeld();
    await rollout.handle.signal('resume', { by: 'ada' });
    expect((await watched(3)).input).toMatchObject({ stage: 1, sharePercent: 25, known: { sharedBreach: false } });
  });
});
