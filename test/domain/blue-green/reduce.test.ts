import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reduce } from '../../../src/domain/blue-green/reduce.js';
import { BLUE_GREEN_RULES } from '../../../src/domain/blue-green/rules.js';
import { refusalOf } from '../../../src/domain/blue-green/refusal.js';
import { activeOf, type BlueGreenState } from '../../../src/domain/blue-green/state.js';
import { statusOf } from '../../../src/domain/blue-green/status-of.js';
import {
  after,
  anyEvents,
  commanded,
  newSwitch,
  PASSED,
  PREPARED,
  switched,
  switchPlan,
  waiting,
} from './arbitraries.js';

function always(holds: (before: BlueGreenState, now: BlueGreenState) => void): void {
  fc.assert(
    fc.property(anyEvents, fc.constantFrom('command', 'healthy'), (events, switchWhen) => {
      let state = newSwitch(switchPlan({ switchWhen: switchWhen === 'healthy' ? 'healthy' : 'command' }));
      for (const event of [PASSED, ...events]) {
        const now = reduce(state, event);
        holds(state, now);
        state = now;
      }
    }),
    { numRuns: 1500 },
  );
}

describe('whatever happens, in whatever order', () => {
  test('an environment has all the traffic or none of it [B-06]', () => {
    always((_, now) => expect([0, 100]).toContain(now.sharePercent));
  });

  test('traffic is sent to green only by a check that found it fit, or by who saw the drift [B-02]', () => {
    always((before, now) => {
      if (before.sharePercent === 0 && now.sharePercent === 100) {
        expect(before.wish?.to).toBe('green');
        expect(now.answered?.refused).toBeNull();
      }
    });
  });

  test('nothing revives a rollout that is stopped', () => {
    always((before, now) => {
      if (before.stop === null) return;
      expect(now.stop).not.toBeNull();
      expect(now.sharePercent).toBeLessThanOrEqual(before.sharePercent);
      expect(now.outcome).not.toBe('promoted');
    });
  });

  test('an outcome never changes, and is promoted only while green serves', () => {
    always((before, now) => {
      if (before.outcome !== null) expect(now.outcome).toBe(before.outcome);
      if (now.outcome === 'promoted') expect(activeOf(now)).toBe('green');
    });
  });

  test('what is shown and offered follows from the state: every verb that is offered is taken', () => {
    always((_, now) => {
      const { takes, activeEnvironment } = statusOf(now, 0);
      expect(activeEnvironment).toBe(activeOf(now));
      for (const verb of takes.filter((one) => one === 'switch' || one === 'abort'))
        expect(refusalOf(now, verb as 'switch', {})).toBeNull();
    });
  });

  test('while a switch is looked into, time decides nothing', () => {
    always((_, now) => {
      if (now.wish !== null) expect(BLUE_GREEN_RULES.nextDueMs(now)).toBeNull();
    });
  });
});

describe('a switch', () => {
  test('is looked into first, and the answer of an older question moves nothing [B-02]', () => {
    const asked = after(waiting(), commanded('switch'));
    expect(asked.wish).toMatchObject({ to: 'green', validateHealth: true });
    const old = after(asked, { type: 'switchChecked', number: 99, fit: true, reason: 'healthy', atMs: 11 });
    expect(old).toBe(asked);
    expect(asked.sharePercent).toBe(0);
  });

  test('that is refused leaves everything as it was, and says why [B-02]', () => {
    const asked = after(waiting(), commanded('switch'));
    const number = asked.wish?.number ?? 0;
    const refused = after(asked, { type: 'switchChecked', number, fit: false, reason: 'green is down', atMs: 11 });
    expect(refused).toMatchObject({ step: 'waiting', sharePercent: 0, wish: null });
    expect(refused.answered).toEqual({ number, refused: 'green is down' });
    expect(refused.log.lines.at(-1)?.what).toBe('Not switched to green: green is down');
  });

  test('to where the traffic is already moves nothing, whoever asks twice [B-05]', () => {
    const back = after(switched(), commanded('switch', { to: 'green' }, 30));
    expect(back.wish).toBeNull();
    expect(back.log.lines.at(-1)?.what).toBe('Already on green: nothing is moved');
  });

  test('back ends in waiting, with nothing left of the window, and can go forth again [B-05]', () => {
    const asked = after(switched(), commanded('switch', { to: 'blue' }, 30));
    const number = asked.wish?.number ?? 0;
    const back = after(
      asked,
      { type: 'switchChecked', number, fit: true, reason: 'blue is healthy', atMs: 31 },
      { type: 'weightsApplied', fence: 16, atMs: 32 },
    );
    expect(back).toMatchObject({ step: 'waiting', sharePercent: 0, appliedPercent: 0, outcome: null });
    // The window of the switch before has ended with it: its time decides nothing about this one.
    expect(after(back, { type: 'proceeded', atMs: 999_999 })).toMatchObject({ step: 'waiting', outcome: null });
    const forth = switched(back, 40);
    expect(forth).toMatchObject({
      step: 'baking',
      sharePercent: 100,
      clock: { remainingMs: 60_000, runningSinceMs: 40 },
    });
  });

  test('by itself is made once, and never after somebody has turned back', () => {
    const plan = switchPlan({ switchWhen: 'healthy' });
    const healthy = { type: 'idleHealthy', reason: 'green is healthy', atMs: 5 } as const;
    const first = after(waiting(plan), healthy);
    expect(first.wish).toMatchObject({ to: 'green', validateHealth: true });
    const asked = after(switched(waiting(plan)), commanded('switch', { to: 'blue' }, 30));
    const number = asked.wish?.number ?? 0;
    const back = after(
      asked,
      { type: 'switchChecked', number, fit: true, reason: 'ok', atMs: 31 },
      { type: 'weightsApplied', fence: 16, atMs: 32 },
    );
    expect(after(back, healthy).wish).toBeNull();
  });

  test('to an environment that the service does not have is refused with those that it has', () => {
    expect(refusalOf(waiting(), 'switch', { to: 'red' })).toMatchObject({
      code: 'INVALID_COMMAND',
      message: 'there is no environment "red", only blue and green',
    });
  });

  test('to what is still being prepared is refused', () => {
    expect(refusalOf(after(newSwitch(), PASSED), 'switch', {})).toMatchObject({ code: 'NOT_PREPARED' });
  });
});

describe('a rollout that waits for its switch', () => {
  test('waits from when there is something to switch to, and then as the plan says', () => {
    const plan = switchPlan({ begin: { timeoutMs: 1000, onTimeout: 'abort' } });
    const unprepared = after(newSwitch(plan), PASSED, { type: 'proceeded', atMs: 50_000 });
    expect(unprepared).toMatchObject({ step: 'waiting', stop: null });
    const prepared = after(unprepared, { ...PREPARED, atMs: 50_000 });
    expect(after(prepared, { type: 'proceeded', atMs: 50_999 }).stop).toBeNull();
    expect(after(prepared, { type: 'proceeded', atMs: 51_000 }).stop).toMatchObject({ cause: 'approvalTimeout' });
  });

  test('is refused where its environments are not those of the service', () => {
    const refused = after(newSwitch(switchPlan({ environments: { red: {} } })), PASSED);
    expect(refused.stop).toMatchObject({
      cause: 'preflight',
      reason: 'preflight: service: checkout has no environment red: expected blue and green',
    });
  });

  test('takes the version of the environment that comes, where none is named', () => {
    const environments = { blue: { version: 'v1' }, green: { version: 'v2' } };
    expect(after(newSwitch(switchPlan({ environments })), PASSED).plan.version).toBe('v2');
  });
});
