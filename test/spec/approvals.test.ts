import { expect, test } from 'vitest';
import type { StagePlan } from '../../src/domain/stages/plan.js';
import { parseSpecs } from '../../src/spec/parse-specs.js';

const STAGES = 'stages: [{ traffic: 5%, duration: 1m }, { traffic: 50%, duration: 2m }, { traffic: 100% }]';
const FOR_EVER = { timeoutMs: null, onTimeout: 'hold' };

function stagesOf(more: string, stages = STAGES): readonly StagePlan[] {
  const text = `{ apiVersion: headgate/v1, kind: Canary, service: checkout, ${stages}, ${more} }`;
  return parseSpecs(text, { file: 'c.yaml' })[0]?.plan.stages ?? [];
}

test.each([
  ['false', []],
  ['true', [2]],
  ['every-stage', [1, 2]],
  ['[1]', [1]],
  ['[1, 2]', [1, 2]],
])('requireManualApproval: %s asks before leaving stages %j [C-07]', (demand, asked) => {
  const stages = stagesOf(`requireManualApproval: ${demand}`);

  expect(stages.flatMap(({ approval }, index) => (approval === undefined ? [] : [index + 1]))).toEqual(asked);
  expect(stages.flatMap(({ approval }) => (approval === undefined ? [] : [approval]))).toEqual(
    asked.map(() => FOR_EVER),
  );
});

test.each(['requireManualApproval: every-stage', 'requireManualApproval: false', 'onDrift: hold'])(
  'what a stage asks for itself stays beside %s [C-07]',
  (more) => {
    const own = STAGES.replace('1m }', '1m, approval: { timeout: 1h, onTimeout: abort } }');

    expect(stagesOf(more, own)[0]?.approval).toEqual({ timeoutMs: 3_600_000, onTimeout: 'abort' });
  },
);

test('an approval without a timeout waits for ever, and one with a timeout holds when nobody answers [C-07]', () => {
  const approvals = ['{}', '{ timeout: 2h }'].map(
    (approval) => stagesOf('onDrift: hold', STAGES.replace('1m }', `1m, approval: ${approval} }`))[0]?.approval,
  );

  expect(approvals).toEqual([FOR_EVER, { timeoutMs: 7_200_000, onTimeout: 'hold' }]);
});

test('holdAtEnd waits at the last written share until a person sends everybody [C-01]', () => {
  const short = 'stages: [{ traffic: 5%, duration: 1m }, { traffic: 50%, duration: 2m }]';

  expect(stagesOf('holdAtEnd: true, rollbackWindow: 7m', short)).toEqual([
    { trafficPercent: 5, durationMs: 60_000 },
    { trafficPercent: 50, durationMs: 120_000, approval: FOR_EVER },
    { trafficPercent: 100, durationMs: 420_000 },
  ]);
});

test('holdAtEnd changes nothing about a plan that ends at 100 % [C-01]', () => {
  expect(stagesOf('holdAtEnd: true')).toEqual(stagesOf('holdAtEnd: false'));
});
