import { expect, test } from 'vitest';
import { parseSpecs } from '../../src/spec/parse-specs.js';

const GOOD = `apiVersion: headgate/v1
kind: Canary
service: checkout
checks: [{ metric: errorRate, max: 1% }]
rollbackPolicy: { errorRateThreshold: 5% }
runbook: https://wiki.example.com/checkout
`;

function said(text: string): { notes: readonly string[]; advice: readonly string[] } {
  const [spec] = parseSpecs(text, { file: 'c.yaml' });
  return { notes: spec?.notes ?? [], advice: spec?.advice ?? [] };
}

test('a plan that needs no advice gets none [K-04]', () => {
  expect(said(GOOD)).toEqual({ notes: [], advice: [] });
});

test.each([
  [
    'a first share over 10 %',
    'stages: [{ traffic: 11%, duration: 5m }, { traffic: 50%, duration: 5m }, { traffic: 100% }]',
    'the first stage sends 11 %',
  ],
  [
    'a jump of more than 5 ×',
    'stages: [{ traffic: 5%, duration: 5m }, { traffic: 26%, duration: 5m }, { traffic: 100% }]',
    'from 5 % to 26 % is a jump of more than 5 ×',
  ],
  [
    'a stage shorter than the interval',
    'monitoringInterval: 20m',
    'checks are applied every 20m, and a stage lasts only 10m',
  ],
])('%s is advised against, not refused [K-04]', (_, more, advice) => {
  expect(said(`${GOOD}${more}\n`).advice).toEqual([expect.stringContaining(advice)]);
});

test('a jump of exactly 5 × is nothing to talk about [K-04]', () => {
  expect(
    said(`${GOOD}stages: [{ traffic: 4%, duration: 5m }, { traffic: 20%, duration: 5m }, { traffic: 100% }]\n`).advice,
  ).toEqual([]);
});

test('no checks, no rollback policy and no runbook are mentioned [K-04]', () => {
  const bare = '{ apiVersion: headgate/v1, kind: Canary, service: checkout }';

  expect(said(bare).advice).toEqual([
    expect.stringContaining('nothing guards this rollout but people'),
    expect.stringContaining('no rollback policy'),
    expect.stringContaining('no runbook'),
  ]);
  expect(said(bare.replace(' }', ', health: { endpoints: [/h] } }')).advice[0]).toContain(
    'only health probes guard this rollout',
  );
});

test('a share under 1 %, and everybody at once, are echoed in words [U-02]', () => {
  const stages = (first: string) =>
    `${GOOD}stages: [{ traffic: ${first}, duration: 5m }, { traffic: 3%, duration: 5m }, { traffic: 10%, duration: 5m }, { traffic: 50%, duration: 5m }, { traffic: 100% }]\n`;

  expect(said(stages('0.005')).notes).toEqual(['stage 1: 0.5 % is less than one request in a hundred, about 1 in 200']);
  expect(said(stages('1%')).notes).toEqual([]);
  expect(said(`${GOOD}stages: [{ traffic: 1 }]\n`).notes).toEqual([
    'stage 1: 100 % is everybody at once; one percent is written 1% or 0.01',
  ]);
});

test('where proof is asked for, a fixed bound is said to go without [C-04]', () => {
  const text = `${GOOD.replace('max: 1% }', 'max: 1% }, { metric: requestRate, min: 10 }')}proof: evidence\n`;

  expect(said(text).notes).toEqual([
    'requestRate: a fixed bound proves nothing; no proof is asked of it, only that it is kept',
  ]);
});

test('an increase that was probably meant as a percentage is echoed in words [U-02]', () => {
  const text = GOOD.replace('max: 1%', 'maxIncrease: 50');

  expect(said(text).notes).toEqual([expect.stringContaining('maxIncrease allows 51 times the baseline')]);
});

test.each([
  ['metric: errorRate, max: 1', 'errorRate: 100 % of the requests may fail; one percent is written 1% or 0.01'],
  ['metric: successRate, min: 1%', 'successRate: 99 % of the requests may fail; one percent is written 1% or 0.01'],
  ['metric: successRate, max: 99%', 'successRate: max says how many requests may succeed at most; what guards is min'],
  ['metric: errorRate, min: 1%', 'errorRate: min says how many requests must fail; what guards is max'],
  ['metric: latencyP99, max: 0.5', 'latencyP99: max is 0.5 ms; half a second is written 500ms or 0.5s'],
])('a bound that guards nothing (%s) is echoed in words [U-02]', (check, note) => {
  expect(said(GOOD.replace('metric: errorRate, max: 1%', check)).notes).toEqual([note]);
});

test('looking many times a second is advised against [K-04]', () => {
  expect(said(`${GOOD}monitoringInterval: 1ms\n`).advice).toEqual([expect.stringContaining('every second is often')]);
});
