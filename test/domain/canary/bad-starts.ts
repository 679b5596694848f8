import type { CanaryPlan } from '../../../src/domain/canary/plan.js';

/** Something that people start a rollout with, and that is none. */
export interface BadStart {
  readonly what: string;
  readonly change: (plan: CanaryPlan) => unknown;
  /** Where it is wrong. */
  readonly paths: readonly string[];
}

const withPlan = (what: string, change: (plan: CanaryPlan) => object, ...paths: string[]): BadStart => ({
  what,
  change: (plan) => ({ plan: { ...plan, ...change(plan) } }),
  paths,
});

const beside = (what: string, more: object, ...paths: string[]): BadStart => ({
  what,
  change: (plan) => ({ plan, ...more }),
  paths,
});

const firstStage = (change: object) => (plan: CanaryPlan) => ({
  stages: plan.stages.map((stage, index) => (index === 0 ? { ...stage, ...change } : stage)),
});

const oneCheck = (check: unknown) => () => ({ analysis: { checks: [check] } });

const health = { endpoints: ['/health'], intervalMs: 1000, timeoutMs: 1000, successThreshold: 1 };

const ONE_STAGE = { stages: [{ trafficPercent: 100, durationMs: 1000 }] };

export const BAD_STARTS: readonly BadStart[] = [
  beside('a history limit that is a text', { historyLimit: 'abc' }, 'historyLimit'),
  beside('a history limit of 0', { historyLimit: 0 }, 'historyLimit'),
  beside('a history limit of 1', { historyLimit: 1 }, 'historyLimit'),
  beside('a negative history limit', { historyLimit: -5 }, 'historyLimit'),
  beside('half a history limit', { historyLimit: 100.5 }, 'historyLimit'),
  beside('a history limit beyond what Temporal keeps', { historyLimit: 1e9 }, 'historyLimit'),
  beside('a malformed state to go on from', { carried: { step: 'baking' } }, 'carried'),
  beside(
    'the state of another rollout to go on from',
    { carried: { id: 'other@run', step: 'baking', stage: 1 } },
    'carried',
  ),
  beside('a state to go on from that is null', { carried: null }, 'carried'),
  beside('a number as who asked', { requestedBy: 7 }, 'requestedBy'),
  beside('a list as the id of the request', { requestId: ['a'] }, 'requestId'),
  beside('an id of the request that is too long', { requestId: 'r'.repeat(201) }, 'requestId'),
  beside('a requester who writes a novel', { requestedBy: 'r'.repeat(600_000) }, 'requestedBy'),
  beside('an undo by a plan of several stages', { undo: { to: 'green' } }, 'stages'),
  {
    what: 'an undo that names what only something new has',
    change: (plan) => ({ plan: { ...plan, ...ONE_STAGE, version: '2.0.0', adopt: 'blue' }, undo: {}, again: true }),
    paths: ['version', 'adopt', 'again'],
  },
  withPlan('a stage of 1e300 milliseconds', firstStage({ durationMs: 1e300 }), 'stages[0].durationMs'),
  withPlan('a share that is a text', firstStage({ trafficPercent: '25' }), 'stages[0].trafficPercent'),
  withPlan('a stage that is null', (plan) => ({ stages: [null, ...plan.stages.slice(1)] }), 'stages[0]'),
  withPlan('an approval that is a word', firstStage({ approval: 'yes' }), 'stages[0].approval'),
  withPlan(
    'an approval without a timeout',
    firstStage({ approval: { onTimeout: 'hold' } }),
    'stages[0].approval.timeoutMs',
  ),
  withPlan(
    'an approval after which an unknown thing happens',
    firstStage({ approval: { timeoutMs: null, onTimeout: 'explode' } }),
    'stages[0].approval.onTimeout',
  ),
  withPlan(
    'an approval of the last stage, which is not left',
    () => ({ stages: [{ trafficPercent: 100, durationMs: 1000, approval: { timeoutMs: null, onTimeout: 'hold' } }] }),
    'stages[0].approval',
  ),
  withPlan('health that is a word', () => ({ health: 'yes' }), 'health'),
  withPlan('health that is null', () => ({ health: null }), 'health'),
  withPlan('endpoints that are no list', () => ({ health: { ...health, endpoints: '/health' } }), 'health.endpoints'),
  withPlan('an endpoint that is a number', () => ({ health: { ...health, endpoints: [7] } }), 'health.endpoints[0]'),
  withPlan(
    'health without a threshold',
    () => ({ health: { endpoints: ['/health'], intervalMs: 1, timeoutMs: 1 } }),
    'health.successThreshold',
  ),
  withPlan('a check of an unknown kind', oneCheck({ kind: 'nonsense', metric: 'x' }), 'analysis.checks[0].kind'),
  withPlan('a check of an inherited kind', oneCheck({ kind: 'constructor', metric: 'x' }), 'analysis.checks[0].kind'),
  withPlan('a check without a metric', oneCheck({ kind: 'threshold' }), 'analysis.checks[0].metric'),
  withPlan(
    'a check whose metric is a number',
    oneCheck({ kind: 'sequential', metric: 5, max: 0.01 }),
    'analysis.checks[0].metric',
  ),
  withPlan(
    'a check whose bound is a text',
    oneCheck({ kind: 'sequential', metric: 'errorRate', max: '1%' }),
    'analysis.checks[0].max',
  ),
  withPlan(
    'a check whose query is an object',
    oneCheck({ kind: 'custom', name: 'queue', query: {}, max: 1 }),
    'analysis.checks[0].query',
  ),
  withPlan(
    'a threshold on a name that is not counted, without a query',
    oneCheck({ kind: 'threshold', metric: 'queueDepth', max: 10 }),
    'analysis.checks[0].query',
  ),
  withPlan(
    'a threshold on a counted metric that is misspelled',
    oneCheck({ kind: 'threshold', metric: 'errorrate', max: 0.01 }),
    'analysis.checks[0].query',
  ),
  withPlan(
    'a value of its own without a query',
    oneCheck({ kind: 'custom', name: 'queueDepth', max: 10 }),
    'analysis.checks[0].query',
  ),
  withPlan(
    'a query that asks nothing',
    oneCheck({ kind: 'custom', name: 'queueDepth', query: ' \n', max: 10 }),
    'analysis.checks[0].query',
  ),
  withPlan(
    'a query beside a counted metric',
    oneCheck({ kind: 'threshold', metric: 'errorRate', query: 'up', max: 0.01 }),
    'analysis.checks[0].query',
  ),
  withPlan(
    'a source beside a counted metric',
    oneCheck({ kind: 'threshold', metric: 'errorRate', source: 'prometheus', max: 0.01 }),
    'analysis.checks[0].source',
  ),
  withPlan(
    'a value of its own that has the name of a counted metric',
    oneCheck({ kind: 'custom', name: 'errorRate', query: 'up', max: 0.01 }),
    'analysis.checks[0].name',
  ),
  withPlan('a check that is a text', oneCheck('errorRate'), 'analysis.checks[0]'),
  withPlan('checks that are an object', () => ({ analysis: { checks: { errorRate: 1 } } }), 'analysis.checks'),
  withPlan('a proof that there is not', () => ({ analysis: { checks: [], proof: 'always' } }), 'analysis.proof'),
  withPlan(
    'a scatter that is handed in',
    () => ({ analysis: { checks: [], dispersion: { fromBaseline: 7 } } }),
    'analysis.dispersion',
  ),
  withPlan('a version that is a number', () => ({ version: 5 }), 'version'),
  withPlan('an adoption that is a number', () => ({ adopt: 7 }), 'adopt'),
  withPlan('a runbook that is a list', () => ({ runbook: ['https://wiki'] }), 'runbook'),
  withPlan(
    'an action that there is not',
    () => ({ onUnknown: { action: 'explode', deadlineMs: 1000 } }),
    'onUnknown.action',
  ),
  withPlan(
    'a deadline that is a text',
    () => ({ onUnknown: { action: 'hold', deadlineMs: '10m' } }),
    'onUnknown.deadlineMs',
  ),
  withPlan('a drift to which an unknown thing happens', () => ({ onDrift: 'panic' }), 'onDrift'),
  withPlan(
    'a policy that holds texts',
    () => ({ rollbackPolicy: { errorRateThreshold: 'x' } }),
    'rollbackPolicy.errorRateThreshold',
  ),
  withPlan('a policy that is a list', () => ({ rollbackPolicy: [] }), 'rollbackPolicy'),
  withPlan('an automatic rollback that is a word', () => ({ autoRollback: 'yes' }), 'autoRollback'),
  withPlan('an interval that is next to nothing', () => ({ monitoringIntervalMs: 1e-9 }), 'monitoringIntervalMs'),
  withPlan('a name of 600,000 characters', () => ({ name: 'n'.repeat(600_000) }), 'name'),
];
