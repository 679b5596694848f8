import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOTHING_RECALLED, type Recalled } from '../../../../src/domain/traffic/serving/past-rollouts.js';
import type { Serves } from '../../../../src/domain/traffic/serving/serves.js';
import { answerUndo, type UndoQuestion } from '../../../../src/domain/traffic/serving/undo.js';
import type { Reported } from '../../../../src/domain/traffic/serving/versions.js';

const SILENT: Reported = { unknown: 'health.version is not configured for checkout' };

/** 2.0.0 was promoted from blue to green, where 1.0.0 had served. */
function promoted(change: Partial<Serves> = {}): Recalled {
  const record: Serves = {
    slot: 'green',
    version: '2.0.0',
    rolloutId: 'checkout@1',
    at: '2027-01-31T14:00:00.000Z',
    fence: 16,
    weights: [{ backend: 'green', percent: 100 }],
    before: { slot: 'blue', version: '1.0.0' },
    idle: null,
    ...change,
  };
  return { record, brokenOff: null };
}

function question(change: Partial<UndoQuestion> = {}): UndoQuestion {
  return {
    wish: {},
    slots: ['blue', 'green'],
    serving: 'green',
    reported: { blue: SILENT, green: SILENT },
    recalled: promoted(),
    ...change,
  };
}

const blueReports = (version: string) => ({ blue: { version }, green: SILENT });

interface Case {
  readonly when: string;
  readonly change: Partial<UndoQuestion>;
  readonly kind: ReturnType<typeof answerUndo>['kind'];
  readonly to?: string;
  readonly says?: RegExp;
}

const CASES: readonly Case[] = [
  {
    when: 'it was promoted, and what served before still reports its version',
    change: { reported: blueReports('1.0.0') },
    kind: 'goes',
    to: 'blue',
  },
  {
    when: 'nobody can ask what it holds',
    change: {},
    kind: 'goes',
    to: 'blue',
    says: /whether blue still holds 1\.0\.0 is not known/,
  },
  { when: 'the backend is named', change: { wish: { to: 'blue' } }, kind: 'goes', to: 'blue' },
  {
    when: 'somebody has deployed 3.0.0 there',
    change: { reported: blueReports('3.0.0') },
    kind: 'refused',
    says: /^blue holds 3\.0\.0 by now/,
  },
  {
    when: 'somebody has deployed 3.0.0 there, and wants it at once',
    change: { reported: blueReports('3.0.0'), wish: { now: true } },
    kind: 'refused',
    says: /^blue holds 3\.0\.0 by now/,
  },
  {
    when: 'nobody can ask, but a start of 3.0.0 was refused since',
    change: { recalled: promoted({ idle: '3.0.0' }) },
    kind: 'refused',
    says: /^blue holds 3\.0\.0 by now.*1\.0\.0, which served before.*--version 3\.0\.0/,
  },
  {
    when: 'a start of 3.0.0 was refused because it was not there',
    change: { recalled: promoted({ idle: '3.0.0' }), reported: blueReports('1.0.0') },
    kind: 'goes',
    to: 'blue',
  },
  {
    when: 'it reports another spelling of what served',
    change: { reported: blueReports('v1.0.0') },
    kind: 'goes',
    to: 'blue',
    says: /another spelling/,
  },
  {
    when: 'it was rolled back',
    change: { recalled: promoted({ before: null }) },
    kind: 'nothing',
    says: /^nothing to undo: 2\.0\.0 on green serves/,
  },
  {
    when: 'it was rolled back, and the other backend is named: it has not served',
    change: { recalled: promoted({ before: null, idle: '3.0.0' }), wish: { to: 'blue' } },
    kind: 'refused',
    says: /^blue did not serve before/,
  },
  {
    when: 'the named backend serves everybody',
    change: { wish: { to: 'green' } },
    kind: 'nothing',
    says: /green serves everybody already/,
  },
  { when: 'no such backend is there', change: { wish: { to: 'red' } }, kind: 'refused', says: /no backend "red"/ },
  {
    when: 'the rollout was terminated in the middle of a stage',
    change: {
      serving: null,
      recalled: { record: null, brokenOff: { slot: 'blue', version: '1.0.0' } },
      reported: blueReports('1.0.0'),
    },
    kind: 'goes',
    to: 'blue',
  },
  {
    when: 'it was terminated, and what served before is replaced',
    change: {
      serving: null,
      recalled: { record: null, brokenOff: { slot: 'blue', version: '1.0.0' } },
      reported: blueReports('3.0.0'),
    },
    kind: 'refused',
    says: /blue holds 3\.0\.0/,
  },
  {
    when: 'it was terminated before it had moved anybody',
    change: { serving: 'blue', recalled: { record: null, brokenOff: { slot: 'blue', version: null } } },
    kind: 'nothing',
  },
  {
    when: 'somebody has moved traffic by hand',
    change: { recalled: NOTHING_RECALLED },
    kind: 'refused',
    says: /--to blue/,
  },
  {
    when: 'by hand, and the backend is named',
    change: { recalled: NOTHING_RECALLED, wish: { to: 'blue' } },
    kind: 'goes',
    to: 'blue',
    says: /what blue holds is not known/,
  },
  {
    when: 'traffic is split by hand',
    change: { serving: null, recalled: NOTHING_RECALLED },
    kind: 'refused',
    says: /--to blue or --to green/,
  },
];

describe('an undo', () => {
  test.each(CASES)('when $when: $kind [W52] [C-16]', ({ change, kind, to, says = /(?:)/ }) => {
    const answer = answerUndo(question(change));
    expect(answer.kind).toBe(kind);
    if (answer.kind === 'goes')
      expect(answer.roles).toEqual({ candidate: to, baseline: to === 'blue' ? 'green' : 'blue' });
    const words =
      answer.kind === 'goes'
        ? answer.warnings.join('; ')
        : answer.kind === 'refused'
          ? `${answer.message}; ${answer.expected}; ${answer.remedy}`
          : answer.reason;
    expect(words).toMatch(says);
  });

  test('of an undo goes forth again [C-16]', () => {
    const record = promoted({ slot: 'blue', version: '1.0.0', before: { slot: 'green', version: '2.0.0' } });
    expect(answerUndo(question({ serving: 'blue', recalled: record }))).toMatchObject({
      kind: 'goes',
      roles: { candidate: 'green', baseline: 'blue' },
      version: '2.0.0',
    });
  });
});

const version = fc.constantFrom('1.0.0', '2.0.0', '3.0.0');
const slot = fc.constantFrom('blue', 'green');
const reported = fc.oneof(
  version.map((held): Reported => ({ version: held })),
  fc.constant(SILENT),
);
const slotVersion = fc.record({ slot, version: fc.option(version) });
const questions = fc.record<UndoQuestion>({
  wish: fc.record({ to: slot, now: fc.boolean() }, { requiredKeys: [] }),
  slots: fc.constant(['blue', 'green']),
  serving: fc.option(slot),
  reported: fc.record({ blue: reported, green: reported }),
  recalled: fc.record({
    record: fc.option(
      fc
        .tuple(version, fc.option(slotVersion), fc.option(version))
        .map(([held, before, idle]) => promoted({ version: held, before, idle }).record),
    ),
    brokenOff: fc.option(slotVersion),
  }),
});

describe('whatever is known, an undo', () => {
  test('never goes to a backend that is known to hold something else than what served there [C-16]', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const answer = answerUndo(asked);
        if (answer.kind !== 'goes') return;
        const held = asked.reported[answer.roles.candidate];
        if (held !== undefined && 'version' in held && answer.version !== null)
          expect(held.version).toBe(answer.version);
      }),
    );
  });

  test('never goes to what serves already, and never without a name where nobody knows what served [C-16]', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const answer = answerUndo(asked);
        if (answer.kind !== 'goes') return;
        const { record, brokenOff } = asked.recalled;
        expect(answer.roles.candidate).not.toBe(asked.serving);
        expect(asked.wish.to ?? record?.before?.slot ?? brokenOff?.slot).toBe(answer.roles.candidate);
      }),
    );
  });

  test('comes to the same at once as guarded: the look at what the backend holds is never left out [C-16]', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const { to } = asked.wish;
        expect(answerUndo(asked)).toEqual(answerUndo({ ...asked, wish: to === undefined ? {} : { to } }));
      }),
    );
  });
});
