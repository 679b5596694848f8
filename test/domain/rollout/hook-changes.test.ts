import { expect, test } from 'vitest';
import { callsOf } from '../../../src/domain/rollout/calls.js';
import { reduceHooks, waiveHook, type HookChange } from '../../../src/domain/rollout/hook-changes.js';
import { isHeldFor } from '../../../src/domain/rollout/holds.js';
import { beginLife, type Life } from '../../../src/domain/rollout/life.js';

const BEGUN: Life = { ...beginLife({ id: 'checkout@run', atMs: 0 }, { what: 'Started' }), step: 'applying' };

const after = (...changes: readonly HookChange[]): Life =>
  changes.reduce(
    (state, change) => reduceHooks(state, change, 1),
    reduceHooks(BEGUN, { kind: 'known', hooks: { beforeStage: ['ci'] } }, 0),
  );

test('without hooks nothing changes [M-08]', () => {
  expect(reduceHooks(BEGUN, { kind: 'asked', moment: 'beforeStage' }, 1)).toBe(BEGUN);
});

test('a gate that stays shut holds and calls a person, who can go on without it once [M-08]', () => {
  const shut = after(
    { kind: 'asked', moment: 'beforeStage' },
    { kind: 'settled', moment: 'beforeStage' },
    { kind: 'shut', moment: 'beforeStage', reason: 'no' },
  );
  expect(isHeldFor(shut, 'hook')).toBe(true);
  expect(callsOf(shut, { needsHuman: 'no', phase: 'held' })).toEqual([{ cause: 'held/hook/1', why: 'no' }]);

  const waived = waiveHook(shut, 'Ada', 2);
  expect(waived.hold).toBeNull();
  expect(waived.hooks?.waived).toBe('beforeStage');
  expect(waived.log.lines.at(-1)?.what).toBe('Ada goes on without the hook beforeStage');
  expect(reduceHooks(waived, { kind: 'passedBy', moment: 'beforeStage' }, 3).hooks?.waived).toBeNull();
});

test('what holds it besides goes on holding it when a person goes on without a hook [M-08]', () => {
  const drift = { kind: 'drift', reason: 'moved', sinceMs: 0, needsHuman: true } as const;
  const shut = reduceHooks({ ...after(), hold: drift }, { kind: 'shut', moment: 'beforeStage', reason: 'no' }, 1);
  expect(waiveHook(shut, 'Ada', 2).hold).toEqual(drift);
});

test('what a hook answered stands in the history, with the number of the question [M-08]', () => {
  const report = { answer: 'unknown', reason: 'answered 500' } as const;
  const { log } = after(
    { kind: 'asked', moment: 'beforeStage' },
    { kind: 'answered', moment: 'beforeStage', hook: 'ci', report },
  );
  expect(log.lines.at(-1)?.what).toBe('Hook ci (beforeStage 1) did not answer: answered 500');
});

test('a notice that cannot be told calls nobody: its trouble does not notify itself [M-08]', () => {
  const failed = after({ kind: 'heard', moment: 'needsHuman', sequence: 1, hook: 'chat', problem: 'answered 404' });
  expect(failed.log.lines.at(-1)?.what).toBe('Hook chat was not told (needsHuman): answered 404');
  expect(callsOf(failed, { needsHuman: null, phase: 'progressing' })).toEqual([]);
});
