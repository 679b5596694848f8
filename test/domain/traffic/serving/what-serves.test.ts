import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Serves } from '../../../../src/domain/traffic/serving/serves.js';
import type { Reported } from '../../../../src/domain/traffic/serving/versions.js';
import { answerStart, type StartQuestion } from '../../../../src/domain/traffic/serving/what-serves.js';

const ROLES = { baseline: 'green', candidate: 'blue' } as const;
const SILENT: Reported = { unknown: 'health.version is not configured for checkout', unasked: true };

function left(version: string | null, slot = 'green'): Serves {
  const weights = [{ backend: slot, percent: 100 }];
  return {
    slot,
    version,
    rolloutId: 'checkout@1',
    at: '2027-01-31T14:00:00.000Z',
    fence: 16,
    weights,
    before: null,
    idle: null,
  };
}

function question(change: Partial<StartQuestion> = {}): StartQuestion {
  return {
    wanted: '2.0.0',
    again: false,
    roles: ROLES,
    serving: 'green',
    reported: { green: SILENT, blue: SILENT },
    record: null,
    policy: 'warn',
    ...change,
  };
}

const says = (green: string | null, blue: string | null): Readonly<Record<string, Reported>> => ({
  green: green === null ? { unknown: 'GET http://green/version answered 503' } : { version: green },
  blue: blue === null ? { unknown: 'GET http://blue/version answered 503' } : { version: blue },
});

interface Case {
  readonly when: string;
  readonly change: Partial<StartQuestion>;
  readonly kind: ReturnType<typeof answerStart>['kind'];
  readonly says?: RegExp;
}

const CASES: readonly Case[] = [
  {
    when: 'a job is run again after a promotion, and nobody can be asked',
    change: { record: left('2.0.0') },
    kind: 'alreadyServes',
    says: /^2\.0\.0 already serves everybody: checkout@1 left it on green/,
  },
  {
    when: 'the serving backend reports it',
    change: { reported: says('2.0.0', '1.0.0') },
    kind: 'alreadyServes',
    says: /green reports it/,
  },
  {
    when: 'the pipeline has deployed it to the other one as well',
    change: { reported: says('2.0.0', '2.0.0') },
    kind: 'alreadyServes',
  },
  {
    when: 'both report it, but another version was left serving: one address may stand for both',
    change: { reported: says('2.0.0', '2.0.0'), record: left('1.0.0') },
    kind: 'goes',
    says: /both backends report 2\.0\.0.*one address may stand for both/,
  },
  {
    when: 'the serving backend does not answer just now, and the rollout before left it there',
    change: { reported: says(null, '1.0.0'), record: left('2.0.0') },
    kind: 'alreadyServes',
  },
  {
    when: 'another version was deployed in place over what the rollout before left',
    change: { reported: says('2.0.1', '2.0.0'), record: left('2.0.0') },
    kind: 'goes',
  },
  {
    when: 'it is to be rolled out again all the same',
    change: { record: left('2.0.0'), again: true },
    kind: 'goes',
    says: /^version 2\.0\.0 is only a label: health\.version is not configured/,
  },
  {
    when: 'again, and the candidate holds the version of before',
    change: { reported: says('2.0.0', '1.0.0'), again: true },
    kind: 'refused',
    says: /^blue reports 1\.0\.0/,
  },
  {
    when: 'it was rolled back, and is tried once more',
    change: { record: left('1.0.0') },
    kind: 'goes',
    says: /only a label/,
  },
  { when: 'the candidate reports it', change: { reported: says('1.0.0', '2.0.0') }, kind: 'goes' },
  {
    when: 'the candidate reports another one',
    change: { reported: says('1.0.0', '1.9.0') },
    kind: 'refused',
    says: /^blue reports 1\.9\.0/,
  },
  {
    when: 'the candidate does not answer',
    change: { reported: says('1.0.0', null) },
    kind: 'goes',
    says: /answered 503/,
  },
  {
    when: 'the candidate does not answer, and that is to be refused',
    change: { reported: says('1.0.0', null), policy: 'refuse' },
    kind: 'refused',
    says: /^whether blue holds 2\.0\.0 is not known/,
  },
  {
    when: 'another spelling serves',
    change: { record: left('v2.0.0') },
    kind: 'goes',
    says: /v2\.0\.0 serves, which may be 2\.0\.0 in another spelling/,
  },
  {
    when: 'the candidate reports another spelling',
    change: { reported: says('1.0.0', 'v2.0.0') },
    kind: 'refused',
    says: /--version v2\.0\.0/,
  },
  {
    when: 'no version is named',
    change: { wanted: undefined, record: left('2.0.0') },
    kind: 'goes',
    says: /no version is named/,
  },
  {
    when: 'no version is named, and unknown ones are to be refused',
    change: { wanted: undefined, policy: 'refuse' },
    kind: 'goes',
  },
  {
    when: 'traffic is split, and one of the two reports it',
    change: { serving: null, reported: says('2.0.0', '2.0.0') },
    kind: 'goes',
  },
  {
    when: 'the backend with everything was not adopted as the baseline',
    change: { serving: 'blue', reported: says('1.0.0', '2.0.0') },
    kind: 'alreadyServes',
  },
];

describe('what a start is told', () => {
  test.each(CASES)('when $when: $kind [W2] [C-15]', ({ change, kind, says: expected = /(?:)/ }) => {
    const answer = answerStart(question(change));
    expect(answer.kind).toBe(kind);
    const words =
      answer.kind === 'goes'
        ? answer.warnings.join('; ')
        : answer.kind === 'refused'
          ? `${answer.message}. ${answer.remedy}`
          : answer.reason;
    expect(words).toMatch(expected);
  });
});

const version = fc.constantFrom('1.0.0', '2.0.0', 'v2.0.0');
const reported = fc.oneof(
  version.map((held): Reported => ({ version: held })),
  fc.constant<Reported>({ unknown: 'it does not answer' }),
);
const slot = fc.constantFrom('blue', 'green');
const questions = fc.record<StartQuestion>({
  wanted: fc.option(version, { nil: undefined }),
  again: fc.boolean(),
  roles: fc.constantFrom(ROLES, { baseline: 'blue', candidate: 'green' }),
  serving: fc.option(slot),
  reported: fc.record({ blue: reported, green: reported }),
  record: fc.option(fc.tuple(fc.option(version), slot).map(([held, at]) => left(held, at))),
  policy: fc.constantFrom('warn', 'refuse'),
});

const heldBy = (asked: StartQuestion, at: string): string | null => {
  const held = asked.reported[at];
  return held !== undefined && 'version' in held ? held.version : null;
};

describe('whatever is known', () => {
  test('nothing is called served unless the backend says so, or, where it is silent, what the last rollout left does [C-15]', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const answer = answerStart(asked);
        if (answer.kind !== 'alreadyServes') return;
        expect(asked.again).toBe(false);
        expect(answer.slot).toBe(asked.serving);
        const said = heldBy(asked, answer.slot);
        const believed = asked.record?.slot === answer.slot ? asked.record.version : null;
        expect(asked.wanted).toBeDefined();
        expect(said ?? believed).toBe(asked.wanted);
      }),
    );
  });

  test('a candidate that reports another version never gets traffic [C-15]', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const held = heldBy(asked, asked.roles.candidate);
        if (asked.wanted === undefined || held === null || held === asked.wanted) return;
        expect(answerStart(asked).kind).not.toBe('goes');
      }),
    );
  });

  test('where unknown versions are refused, only what the candidate itself reports goes [C-15]', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        if (asked.wanted === undefined || asked.policy !== 'refuse') return;
        if (answerStart(asked).kind === 'goes') expect(heldBy(asked, asked.roles.candidate)).toBe(asked.wanted);
      }),
    );
  });

  test('what goes without a warning is what the candidate itself reports [C-15]', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const answer = answerStart(asked);
        if (answer.kind !== 'goes' || answer.warnings.length > 0) return;
        expect(heldBy(asked, asked.roles.candidate)).toBe(asked.wanted);
      }),
    );
  });

  test('what serves already never moves, unless it is asked for again [W2]', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const { serving, wanted, record } = asked;
        if (serving === null || wanted === undefined || asked.again) return;
        const said = heldBy(asked, serving);
        const isKnown = said === wanted || (said === null && record?.slot === serving && record.version === wanted);
        const mayBeOneAddress = said === wanted && heldBy(asked, serving === 'blue' ? 'green' : 'blue') === wanted;
        if (isKnown && !mayBeOneAddress) expect(answerStart(asked).kind).toBe('alreadyServes');
      }),
    );
  });
});
