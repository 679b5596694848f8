import { ESLint, Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { expect, test } from 'vitest';
import { ROOT } from '../../scripts/steps/root.mjs';

interface Rules {
  readonly rules: Linter.RulesRecord;
}

/** How often the rule of the project's own configuration refuses a text in a room. */
async function refusals(room: string, text: string): Promise<number> {
  const config = (await new ESLint({ cwd: ROOT }).calculateConfigForFile(`src/${room}/thing.ts`)) as Rules;
  const rule = config.rules['no-restricted-syntax'];
  if (rule === undefined) throw new Error('there is no such rule');
  const messages = new Linter().verify(
    text,
    {
      files: ['**/*.ts'],
      languageOptions: { parser },
      rules: { 'no-restricted-syntax': rule },
    },
    'thing.ts',
  );
  return messages.length;
}

const STATE = [
  'let timer = null;',
  'export let timer = null;',
  'const waiting = new Map<string, string>();',
  'export const wakefulness = new Wakefulness();',
  'const known = new WeakMap<object, string>();',
  'const waiting: string[] = [];',
  'const seen: Record<string, string> = {};',
  'class Registry { static all = 1; }',
];

const CALLS = ['export const trafficFirst = createPriority({ few: 5 });', 'const few = limitConcurrency(4);'];

test.each(['activities', 'inspection', 'adapters'])('state of a module is refused in %s', async (room) => {
  for (const text of STATE) expect([text, await refusals(room, text)]).toEqual([text, 1]);
});

test.each(['activities', 'inspection'])(
  'what a call creates when a module of %s is loaded is refused',
  async (room) => {
    for (const text of CALLS) expect([text, await refusals(room, text)]).toEqual([text, 1]);
  },
);

test('what never changes may be there, and what a function or a worker creates', async () => {
  const allowed = `
    const MOST = 4;
    const NAMES: ReadonlySet<string> = new Set(['a']);
    const SUBJECTS: Readonly<Record<string, string>> = { a: 'b' };
    export function create() { const waiting = new Map(); let count = 0; return { waiting, count }; }
    class Registry { private readonly all = new Map(); }
  `;
  for (const room of ['activities', 'inspection', 'adapters']) expect(await refusals(room, allowed)).toBe(0);
});
