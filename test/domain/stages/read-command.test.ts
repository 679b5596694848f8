import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONGEST } from '../../../src/domain/rollout/bounds.js';
import { VERBS, type Verb } from '../../../src/domain/stages/commands.js';
import { isStop } from '../../../src/domain/rollout/commands.js';
import { problemsOfCommand, readCommand } from '../../../src/domain/stages/read-command.js';
import { reduce, type CanaryEvent } from '../../../src/domain/canary/reduce.js';
import { refusalOf, refusalOfInput } from '../../../src/domain/stages/refusal.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { lengthOf } from '../../../src/domain/text.js';
import { command, newRollout, ROLES } from '../canary/arbitraries.js';
import { broken } from '../canary/plan-arbitrary.js';

const baking = (
  [
    { type: 'preflightPassed', roles: ROLES, warnings: [], atMs: 0 },
    { type: 'weightsApplied', atMs: 0 },
  ] as const
).reduce<ReturnType<typeof newRollout>>(reduce, newRollout());

/** Everything that each verb may carry. */
const FULL: Readonly<Record<string, object>> = {
  pause: { durationMinutes: 30 },
  promote: { full: true },
  resume: { modifiedConfig: { traffic: 0.1, monitoringInterval: 30 } },
  configure: { autoProgression: true, monitoringInterval: 30, requireManualApproval: [1, 2] },
  setRollbackPolicy: { policy: { errorRateThreshold: 0.02, latencyIncrease: 1.5 }, autoRollback: true },
};

const full = (verb: Verb): object => ({
  rolloutId: 'checkout@run-1',
  stage: 1,
  by: 'ada',
  reason: 'lunch',
  commandId: 'a',
  ...FULL[verb],
});

describe('a command', () => {
  test.each(VERBS)('%s with all that it may carry is read as it is', (verb) => {
    expect(problemsOfCommand(verb, full(verb))).toEqual([]);
    expect(readCommand(verb, full(verb))).toStrictEqual(full(verb));
  });

  test.each([undefined, null, {}, { by: null, reason: '', stage: null }])('may say nothing: %j [M-06]', (input) => {
    for (const verb of VERBS) {
      expect(problemsOfCommand(verb, input)).toEqual([]);
      expect(readCommand(verb, input)).toEqual({});
    }
  });

  test('with a reason of 614,400 characters still counts, and its reason is cut [W31]', () => {
    const reason = 'r'.repeat(614_400);
    for (const verb of VERBS) {
      const read = readCommand(verb, { reason, by: reason });
      expect(read.reason).toMatch(/^r{400,}… \(cut; 614,400 characters\)$/);
      expect(lengthOf(read.reason ?? '')).toBe(LONGEST.reason);
      expect(lengthOf(read.by ?? '')).toBe(LONGEST.by);
    }
    expect(reduce(baking, command('abort', { reason })).stop).toMatchObject({ cause: 'abort' });
  });

  test('on several lines is taken as one: nobody adds lines to the history [W31]', () => {
    const input = { reason: 'lunch\r\n14:02:11  Promoted', by: 'ada\nroot' };
    expect(refusalOfInput('pause', input)).toBeNull();
    const { pause, log } = reduce(baking, command('pause', input));
    expect(pause).toMatchObject({ reason: 'lunch 14:02:11  Promoted', by: 'ada root' });
    expect(log.lines.at(-1)).toMatchObject({ what: 'Paused at 5 %: lunch 14:02:11  Promoted', by: 'ada root' });
    const drifted = reduce(baking, { type: 'drifted', reason: 'blue\n14:02:11  Promoted', atMs: 1 });
    expect([drifted.hold?.reason, drifted.log.lines.at(-1)?.what]).toEqual([
      'blue 14:02:11  Promoted',
      'Held: blue 14:02:11  Promoted',
    ]);
  });

  test('that is answered is refused with the bound, the given length and what to do [W31]', () => {
    for (const verb of VERBS.filter((one) => !isStop(one)))
      expect(refusalOfInput(verb, { reason: 'r'.repeat(716_800) })?.message).toContain(
        'reason: This is too long; expected at most 500 characters, got 716,800 characters. Say it in a sentence',
      );
  });

  test('that stops is never refused for what it says, nor for whom [W31] [C-08]', () => {
    for (const verb of ['abort', 'emergencyStop'] as const) {
      const input = { reason: 'r'.repeat(2e6), by: { name: 'ada' }, stage: 'first', commandId: 'c'.repeat(1e6) };
      expect(refusalOfInput(verb, input)).toBeNull();
      expect(refusalOf(baking, verb, readCommand(verb, input))).toBeNull();
    }
  });

  test('is not taken for another one whose id begins alike [W31]', () => {
    const one = command('pause', { commandId: `${'c'.repeat(1000)}1` });
    const other = command('abort', { commandId: `${'c'.repeat(1000)}2` });
    expect([one, other].reduce(reduce, baking).stop).not.toBeNull();
  });

  test('meant for a rollout whose id is too long is meant for none that there is [W31]', () => {
    const meant = command('abort', { rolloutId: `checkout@run-1${'x'.repeat(1000)}` });
    const state = reduce(baking, meant);
    expect(state.stop).toBeNull();
    expect(state.log.lines.at(-1)?.what).toMatch(/^abort ignored: meant for checkout@run-1x+… \(cut/);
  });

  test('that is answered is told everything that it cannot read [W5]', () => {
    const input = {
      by: 7,
      stage: 'first',
      autoProgression: 'yes',
      monitoringInterval: {},
      requireManualApproval: [1.5],
    };
    expect(refusalOfInput('configure', input)?.message).toBe(
      [
        'stage must be a number, got "first"',
        'by must be a text, got 7',
        'autoProgression must be true or false, got "yes"',
        'monitoringInterval must be a number, got an object',
        'requireManualApproval[0] must be a whole number, got 1.5',
      ].join('; '),
    );
    expect(refusalOfInput('pause', 'half an hour')?.message).toBe('input must be an object, got "half an hour"');
  });

  test('with a list of a hundred thousand stages changes nothing about approvals [W31]', () => {
    const input = { requireManualApproval: Array.from({ length: 1e5 }, (_, index) => index), autoProgression: false };
    expect(readCommand('configure', input)).toEqual({ autoProgression: false });
    expect(refusalOfInput('configure', input)?.message).toMatch(/Too many stages; expected at most 50, got 100,000/);
  });

  test('with a policy of a thousand unknown bounds is refused in few words [W31]', () => {
    const policy = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`bound${'x'.repeat(900)}${String(index)}`, 1]),
    );
    const state = reduce(baking, command('setRollbackPolicy', { policy }));
    expect(state.log.lines.at(-1)?.what).toMatch(/^setRollbackPolicy ignored: there is no policy\.bound/);
    expect(JSON.stringify(state.log.lines.at(-1)).length).toBeLessThan(2000);
  });

  test('of any verb, whatever it says, is read without an exception, and what is read stays within its bounds [W5] [W31]', () => {
    const arrived = fc
      .constantFrom(...VERBS)
      .chain((verb) => fc.tuple(fc.constant(verb), fc.oneof(broken(fc.constant(full(verb))), fc.jsonValue())));
    fc.assert(
      fc.property(fc.array(arrived, { minLength: 1, maxLength: 5 }), (all) => {
        let state = baking;
        for (const [verb, input] of all) {
          const read = readCommand(verb, input);
          // What is read is a command that needs no reading. JSON knows no -0.
          const written = JSON.stringify(read);
          if (problemsOfCommand(verb, input).length === 0)
            expect(JSON.stringify(readCommand(verb, JSON.parse(written)))).toBe(written);
          expect(JSON.stringify(read).length).toBeLessThan(10_000);
          const event: CanaryEvent = {
            type: 'commanded',
            verb,
            command: read,
            channel: 'signal',
            ordinal: 1,
            atMs: 1,
          };
          state = reduce(reduce(state, event), { type: 'proceeded', atMs: 2 });
        }
        expect(() => statusOf(state, 3)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});
