import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../helpers/until.js';
import { longPlan } from '../e2e/support/world.js';
import { startScripted, type ScriptedRollout } from './support/scripted-rollout.js';

let rollout: ScriptedRollout;

afterEach(() => rollout.stop());

/** More than a rollout has come to when its policy is changed, and less than twice as much. */
const LIMIT = 60;

describe('a new fence that the data plane has not got yet', () => {
  let isAway = false;

  const policyWhileAway = async (): Promise<string> => {
    isAway = false;
    rollout = await startScripted({
      plan: longPlan(),
      historyLimit: LIMIT,
      beforeSetting: () => (isAway ? Promise.reject(new Error('the router is away')) : Promise.resolve()),
    });
    await until('the stage to be watched', () => rollout.watches[0]);
    const first = await rollout.runId();
    isAway = true;
    await rollout.handle.signal('setRollbackPolicy', { policy: { errorRateThreshold: 0.9 } });
    return first;
  };

  const renewed = async (): Promise<void> => {
    isAway = false;
    await until('the new fence to be set', () => rollout.set.length > 1);
    await until('nobody to be needed', async () => (await rollout.status()).needsHuman === null);
    expect(rollout.set.at(-1)?.fence).toBeGreaterThan(rollout.set[0]?.fence ?? 0);
  };

  test('is waited for before a long run is continued [W30] [C-12]', async () => {
    const first = await policyWhileAway();
    await until('people to be told', async () => (await rollout.status()).needsHuman !== null);
    let interval = 0;
    await until('the run to be long', async () => {
      const { runId, historyLength } = await rollout.handle.describe();
      if (runId !== first || historyLength > LIMIT) return true;
      interval += 1;
      await rollout.handle.signal('configure', { monitoringInterval: interval });
      return false;
    });
    await until('it to have been quiet', async () => {
      const { events } = await rollout.handle.fetchHistory();
      return (
        (await rollout.runId()) !== first || (events ?? []).some((event) => event.timerFiredEventAttributes != null)
      );
    });
    expect(await rollout.runId()).toBe(first);
    await renewed();
    await rollout.handle.signal('configure', { monitoringInterval: interval + 1 });
    await until('the run to be continued', async () => (await rollout.runId()) !== first);
  });

  test('is set by the next run where it took too long, and its alarm does not stay [W30] [C-12]', async () => {
    const first = await policyWhileAway();
    await until('people to be told', async () => (await rollout.status()).needsHuman !== null);
    let interval = 0;
    await until('the run to be continued', async () => {
      interval += 1;
      await rollout.handle.signal('configure', { monitoringInterval: interval });
      return (await rollout.runId()) !== first;
    });
    await renewed();
    expect((await rollout.status()).history.at(-1)?.what).not.toContain('Alarm');
  });
});
