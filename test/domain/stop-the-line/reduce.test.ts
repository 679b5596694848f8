import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLineCommand } from '../../../src/domain/stop-the-line/commands.js';
import { frozenBy, readFreeze, freezeMemo, FREEZE_MEMO } from '../../../src/domain/stop-the-line/freeze.js';
import { beginLine, reduceLine, refusalOfLine } from '../../../src/domain/stop-the-line/reduce.js';
import type { LineState } from '../../../src/domain/stop-the-line/state.js';
import { freezeOf } from '../../../src/domain/stop-the-line/status.js';

const ID = 'stop-the-line@0000-7f3a';
const begun = beginLine({ id: ID, atMs: 0 });

let ordinal = 0;
const told = (state: LineState, verb: 'stop' | 'release', input: unknown): LineState => {
  ordinal += 1;
  const command = readLineCommand(input);
  return reduceLine(state, { type: 'commanded', verb, command, channel: 'signal', ordinal, runId: 'r', atMs: ordinal });
};
const scopesIn = ({ stops }: LineState) => stops.map(({ scope }) => scope.join());

describe('stops', () => {
  test('are counted: as many releases as stops lift a freeze, and no fewer [M-07]', () => {
    const scope = fc.constantFrom(undefined, ['checkout'], ['search'], ['checkout', 'search']);
    fc.assert(
      fc.property(fc.array(scope, { minLength: 1, maxLength: 8 }), (scopes) => {
        let state = begun;
        for (const one of scopes) state = told(state, 'stop', { scope: one });
        expect(state.stops.length).toBe(scopes.length);
        for (const [index, one] of scopes.entries()) {
          const name = one?.[0] ?? 'checkout';
          expect(frozenBy(freezeOf(state), name)).not.toBeNull();
          state = told(state, 'release', { scope: one ?? ['*'] });
          expect(state.stops.length).toBe(scopes.length - index - 1);
        }
      }),
    );
  });

  test('sent twice under one id count once [M-07]', () => {
    const once = told(begun, 'stop', { commandId: 'a', reason: 'fire' });
    expect(told(once, 'stop', { commandId: 'a', reason: 'fire' })).toBe(once);
  });

  test('are found again by what nobody else has: a release of yesterday ends no stop of today [M-07]', () => {
    const state = told(begun, 'stop', {});
    expect(state.stops[0]?.id).toBe('1-7f3a');
    expect(told(state, 'release', { id: '1-0000' }).stops.length).toBe(1);
    expect(told(state, 'release', { rolloutId: 'stop-the-line@other' }).stops.length).toBe(1);
    expect(told(state, 'release', { id: '1-7f3a' }).stops.length).toBe(0);
  });

  test('of an unreadable scope are refused, and recorded [M-07]', () => {
    const state = told(begun, 'stop', { scope: [] });
    expect(state.stops).toEqual([]);
    expect(state.log.lines.at(-1)?.what).toMatch(/stop ignored: its scope names no service/);
  });
});

describe('a release', () => {
  const both = told(told(begun, 'stop', { by: 'ada' }), 'stop', { scope: ['checkout'], by: 'grace' });

  test('without a scope ends the stop of everything, or the only one there is [M-07]', () => {
    expect(scopesIn(told(both, 'release', {}))).toEqual(['checkout']);
    expect(scopesIn(told(told(both, 'release', {}), 'release', {}))).toEqual([]);
  });

  test('that could mean several is refused, and ends none [M-07]', () => {
    const two = told(told(begun, 'stop', { scope: ['a'] }), 'stop', { scope: ['b'] });
    expect(refusalOfLine(two, 'release', {})).toMatchObject({ code: 'SEVERAL_STOPS' });
    expect(told(two, 'release', {}).stops.length).toBe(2);
  });

  test('ends the own one of two of the same scope [M-07]', () => {
    const state = told(told(begun, 'stop', { by: 'ada' }), 'stop', { by: 'grace' });
    expect(told(state, 'release', { by: 'grace' }).stops.map(({ by }) => by)).toEqual(['ada']);
  });
});

describe('the memo', () => {
  test('gives back what was left in it, also an empty freeze, and reads nothing else [M-07]', () => {
    const freeze = freezeOf(told(begun, 'stop', { scope: ['checkout'], reason: 'fire', by: 'ada' }));
    const sent = JSON.parse(JSON.stringify(freezeMemo(freeze))) as Record<string, unknown>;
    expect(readFreeze(sent[FREEZE_MEMO])).toEqual(freeze);
    expect(readFreeze(freezeMemo([])[FREEZE_MEMO])).toEqual([]);
    for (const other of [undefined, null, [], {}, { stops: 5 }, { stops: [{ id: 1 }] }])
      expect(readFreeze(other)).toBeNull();
  });
});
