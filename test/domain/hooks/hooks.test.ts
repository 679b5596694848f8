import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { answerOfExit, readAnswer } from '../../../src/domain/hooks/answer.js';
import { MEANINGS, MOMENTS } from '../../../src/domain/hooks/moments.js';
import { idempotencyKey, payloadType, type HookPayload } from '../../../src/domain/hooks/payload.js';
import {
  askedOnce,
  calledFor,
  CALLED_AGAIN_AFTER_MS,
  heardBy,
  hooksKnown,
  MOST_UNTOLD,
  newCauses,
  ordinalOf,
  settled,
  toldLater,
  type HooksState,
} from '../../../src/domain/hooks/state.js';

const NONE = hooksKnown({ beforeStage: ['ci'], needsHuman: ['chat', 'ci'], completed: ['chat'] });
const payload = { type: 'rollout.needs_human' } as HookPayload;

test('only an explicit yes is a yes, whatever else a receiver answers [M-08]', () => {
  const isYes = (body: unknown): boolean => readAnswer(body)?.answer === 'yes';
  fc.assert(
    fc.property(fc.anything(), (body) => {
      const says =
        typeof body === 'object' && body !== null && !Array.isArray(body)
          ? (body as Record<string, unknown>).answer
          : null;
      expect(isYes(body)).toBe(says === 'yes');
    }),
  );
  for (const body of [
    'yes',
    true,
    { answer: true },
    { answer: 'YES' },
    { answer: ['yes'] },
    { ok: true },
    null,
    '<html>yes</html>',
  ])
    expect(isYes(body), JSON.stringify(body)).toBe(false);
});

test('only the exit code 0 is a yes, 10 a no, 75 not yet, and every other says nothing [M-08]', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), fc.string(), (code, output) => {
      const expected = code === 0 ? 'yes' : code === 10 ? 'no' : code === 75 ? 'notYet' : undefined;
      expect(answerOfExit(code, output)?.answer).toBe(expected);
    }),
  );
  expect(answerOfExit(null, 'killed')).toBeNull();
});

test('a question keeps its number until it is settled, and the next one has another [M-08]', () => {
  const first = askedOnce(NONE, 'beforeStage');
  expect(ordinalOf(first, 'beforeStage')).toBe(1);
  expect(askedOnce(first, 'beforeStage')).toBe(first);
  const second = askedOnce(settled(first, 'beforeStage'), 'beforeStage');
  expect(ordinalOf(second, 'beforeStage')).toBe(2);
});

test('no two questions and notices of a rollout have the same key [M-08]', () => {
  const keys = new Set<string>();
  fc.assert(
    fc.property(fc.array(fc.constantFrom('beforeStage', 'needsHuman', 'completed'), { maxLength: 40 }), (moments) => {
      keys.clear();
      let hooks: HooksState = NONE;
      for (const moment of moments) {
        hooks =
          moment === 'beforeStage' ? askedOnce(settled(hooks, moment), moment) : toldLater(hooks, moment, payload);
        for (const hook of hooks.byMoment[moment] ?? [])
          keys.add(idempotencyKey({ rolloutId: 'a@b', moment, ordinal: ordinalOf(hooks, moment) }, hook));
      }
      const wanted = moments.reduce((count, moment) => count + (NONE.byMoment[moment]?.length ?? 0), 0);
      expect(keys.size).toBe(wanted);
    }),
  );
});

test('notices rise in their sequence, each hook hears each once, and what waits is bounded [M-08]', () => {
  const moments = Array.from({ length: 3 * MOST_UNTOLD }, () => 'needsHuman' as const);
  const hooks = moments.reduce((state, moment) => toldLater(state, moment, payload), NONE);
  const sequences = hooks.untold.map(({ sequence }) => sequence);
  expect(sequences.length).toBe(MOST_UNTOLD);
  expect(sequences).toEqual([...sequences].sort((one, other) => one - other));
  const [oldest = 0] = sequences;
  const once = heardBy(hooks, oldest, 'chat');
  expect(once.untold[0]?.hooks).toEqual(['ci']);
  expect(heardBy(once, oldest, 'ci').untold.length).toBe(MOST_UNTOLD - 1);
});

test('people are called once for each cause, and again when it was over for long [M-08]', () => {
  const call = (hooks: HooksState, causes: readonly string[], atMs: number) => {
    const fresh = newCauses(hooks, causes, atMs);
    return { fresh, hooks: calledFor(hooks, { causes, fresh, atMs }) };
  };
  const first = call(NONE, ['alarm/undo'], 0);
  expect(first.fresh).toEqual(['alarm/undo']);
  const same = call(first.hooks, ['alarm/undo'], 1);
  expect(same.fresh).toEqual([]);
  expect(same.hooks).toBe(first.hooks);
  const over = call(same.hooks, [], 2);
  // A storm of one alarm that comes and goes is one call.
  const soon = call(over.hooks, ['alarm/undo'], 3);
  expect(soon.fresh).toEqual([]);
  const later = call(call(soon.hooks, [], 4).hooks, ['alarm/undo'], CALLED_AGAIN_AFTER_MS);
  expect(later.fresh).toEqual(['alarm/undo']);
  expect(call(first.hooks, ['alarm/undo', 'held/drift/1'], 5).fresh).toEqual(['held/drift/1']);
});

test('the documentation says of every moment what no and silence mean [M-08]', () => {
  const page = readFileSync(new URL('../../../docs/hooks.md', import.meta.url), 'utf8');
  for (const moment of MOMENTS) {
    const { when, no, silence } = MEANINGS[moment];
    expect(page).toContain(`| \`${moment}\` | ${when} | ${no} | ${silence} |`);
  }
  expect(page).toContain(payloadType('needsHuman'));
});
