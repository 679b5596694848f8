import { expect, test } from 'vitest';
import { describeProblem, InvalidSpecError } from '../../src/domain/errors.js';
import { parseSpecs } from '../../src/spec/parse-specs.js';
import { REFUSED_CHECKS } from './refused/checks.js';
import { REFUSED_DOCUMENTS } from './refused/documents.js';
import { REFUSED_GUARDS } from './refused/guards.js';
import { REFUSED_STAGES } from './refused/stages.js';
import { withMore } from './refused/write.js';

/** What a person is told, a line per problem. */
function told(text: string): string[] {
  try {
    parseSpecs(text, { file: 'c.yaml' });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error;
    return error.problems.map((problem) => describeProblem(problem).trim());
  }
}

const REFUSED = [...REFUSED_DOCUMENTS, ...REFUSED_STAGES, ...REFUSED_CHECKS, ...REFUSED_GUARDS];

test.each(REFUSED)('$title is refused in words of its own [U-02] [U-04]', ({ text, says }) => {
  expect(told(text)).toEqual([says]);
});

test('what is refused is told apart from everything else that is refused [U-04]', () => {
  const messages = REFUSED.map(({ says }) => says.replace(/^c\.yaml:\d+:\d+ ?/, ''));
  const repeated = messages.filter((message, index) => messages.indexOf(message) !== index);

  expect(repeated).toEqual([]);
});

test('five mistakes are five problems, from the top of the file, and nothing that only follows from them [U-04]', () => {
  const text = `apiVersion: headgate/v1
kind: Canary
service: checkout
stages:
  - { trafic: 5%, duration: 10m }
  - { traffic: 50, duration: 15m }
  - { traffic: 40%, duration: 30m }
  - { traffic: 30%, duration: 30m }
  - { traffic: 100% }
checks:
  - { metric: errorRate, max: 500ms }
onUnkown: hold
`;

  expect(told(text).map((line) => /^c\.yaml:(\d+:\d+) (\S+): .* \((\S+)\)$/.exec(line)?.slice(1))).toEqual([
    ['5:7', 'stages[0].trafic', 'keys.unknown'],
    ['6:16', 'stages[1].traffic', 'units.share'],
    ['8:16', 'stages[3].traffic', 'stages.rise'],
    ['11:31', 'checks[0].max', 'units.bound'],
    ['12:1', 'onUnkown', 'keys.unknown'],
  ]);
});

test('mistakes in every document of a file are told at once [U-04]', () => {
  const text = `${withMore('onDrift: ignore')}---\n${withMore('proof: none')}`;

  expect(told(text).map((line) => line.split(': ')[0])).toEqual(['c.yaml:8:10 onDrift', 'c.yaml:17:8 proof']);
});

test('a last stage that cannot be read is one mistake, not a plan that stops short as well [U-04]', () => {
  const [line, ...others] = told(withMore('').replace('traffic: 100%', 'traffic: all'));

  expect(others).toEqual([]);
  expect(line).toContain('stages[1].traffic: This is not a share');
});

test('no message shows a secret, whatever else is wrong around it [S-02]', () => {
  const secret = 'hunter2-hunter2';
  const texts = [
    withMore(`password: ${secret}`),
    withMore(`health: { endpoints: [/h], apiKey: ${secret} }`),
    withMore(`health: [{ token: ${secret} }]`),
    withMore(`checks: { metric: errorRate, max: 1%, clientSecret: ${secret} }`),
    withMore(`runbook: https://robot:${secret}@wiki.example.com`),
    withMore(`checks: [{ name: q, query: 'Bearer ${secret}${secret}', max: 5% }]`),
  ];

  for (const text of texts) {
    expect(told(text).join('\n')).toContain('secrets.inline');
    expect(told(text).join('\n')).not.toContain(secret);
  }
});

test('a secret by reference is no inline secret [S-02]', () => {
  expect(told(withMore('health: { endpoints: [/h], token: env:TOKEN }'))).toEqual([
    expect.stringContaining('There is no key "token" here'),
  ]);
});
