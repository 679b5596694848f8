import { withMore, type RefusedSpec } from './write.js';

export const REFUSED_GUARDS: readonly RefusedSpec[] = [
  {
    title: 'an endpoint that is no list',
    text: withMore('health: { endpoints: /health }'),
    says: 'c.yaml:8:22 health.endpoints: This must be a list, got "/health". Write [/health] (type)',
  },
  {
    title: 'no endpoint',
    text: withMore('health: { endpoints: [] }'),
    says: 'c.yaml:8:22 health.endpoints: Nothing to probe; expected at least one path, e.g. /health, got none (health.endpoints)',
  },
  {
    title: 'endpoints left out',
    text: withMore('health: { interval: 30s }'),
    says: 'c.yaml:8:9 health.endpoints: "endpoints" is missing; expected a list, got nothing (required)',
  },
  {
    title: 'a threshold of 95',
    text: withMore('health: { endpoints: [/h], successThreshold: 95 }'),
    says: 'c.yaml:8:46 health.successThreshold: A share without a percent sign is a fraction; expected a fraction from 0 to 1, or 5%, got 95. Write 95% or 0.95 (units.share)',
  },
  {
    title: 'a threshold of nothing',
    text: withMore('health: { endpoints: [/h], successThreshold: 0 }'),
    says: 'c.yaml:8:46 health.successThreshold: This cannot be a share of probes; expected above 0 and at most 1, got 0 (health.threshold)',
  },
  {
    title: 'an address for an endpoint',
    text: withMore("health: { endpoints: ['http://10.0.0.1/h'] }"),
    says: 'c.yaml:8:23 health.endpoints[0]: An endpoint is a path of the candidate; expected a path such as /health, got "http://10.0.0.1/h" (health.path)',
  },
  {
    title: 'a number for an endpoint',
    text: withMore('health: { endpoints: [/a, 17] }'),
    says: 'c.yaml:8:27 health.endpoints[1]: This must be a path, or a map of a path and what is asked of it, got 17 (type)',
  },
  {
    title: 'a mistyped key of an endpoint',
    text: withMore('health: { endpoints: [{ path: /h, contain: ok }] }'),
    says: 'c.yaml:8:35 health.endpoints[0].contain: There is no key "contain" here. Did you mean contains? (keys.unknown)',
  },
  {
    title: 'an endpoint without a path',
    text: withMore('health: { endpoints: [/a, { contains: ok }] }'),
    says: 'c.yaml:8:27 health.endpoints[1].path: "path" is missing; expected text, got nothing (required)',
  },
  {
    title: 'a latency bound of nothing',
    text: withMore('health: { endpoints: [{ path: /h, maxLatency: 0s }] }'),
    says: 'c.yaml:8:47 health.endpoints[0].maxLatency: A duration must be longer than nothing; expected more than 0, got 0s (duration.positive)',
  },
  {
    title: 'what is no JSON pointer',
    text: withMore('health: { endpoints: [{ path: /h, json: { pointer: x, equals: 1 } }] }'),
    says: 'c.yaml:8:52 health.endpoints[0].json.pointer: This is no JSON pointer; expected the way to a value, e.g. /database/status, got "x" (health.pointer)',
  },
  {
    title: 'an endpoint named twice with something else to ask',
    text: withMore('health: { endpoints: [/h, { path: /h, status: 204 }] }'),
    says: 'c.yaml:8:27 health.endpoints[1]: This endpoint is named already, with something else to ask of it; expected all that is asked of a path in one place, got "/h" also in health.endpoints[0] (health.twice)',
  },
  {
    title: 'a probe without a pause',
    text: withMore('health: { endpoints: [/h], interval: 0s }'),
    says: 'c.yaml:8:38 health.interval: A duration must be longer than nothing; expected more than 0, got 0s (duration.positive)',
  },
  {
    title: 'an unknown answer to the unknown',
    text: withMore('onUnknown: rollback'),
    says: 'c.yaml:8:12 onUnknown: This is not one of the choices; expected hold, abort or continue, got "rollback". Did you mean abort? (value.unknown)',
  },
  {
    title: 'a deadline of nothing',
    text: withMore('deadline: 0m'),
    says: 'c.yaml:8:11 deadline: A duration must be longer than nothing; expected more than 0, got 0s (duration.positive)',
  },
  {
    title: 'an unknown answer to drift',
    text: withMore('onDrift: ignore'),
    says: 'c.yaml:8:10 onDrift: This is not one of the choices; expected hold or abort, got "ignore" (value.unknown)',
  },
  {
    title: 'an unknown standard of proof',
    text: withMore('proof: evidense'),
    says: 'c.yaml:8:8 proof: This is not one of the choices; expected no-harm or evidence, got "evidense". Did you mean evidence? (value.unknown)',
  },
  {
    title: 'a switch that says yes',
    text: withMore('autoProgression: yes'),
    says: 'c.yaml:8:18 autoProgression: This must be true or false, got "yes". Write true (type)',
  },
  {
    title: 'an interval of nothing',
    text: withMore('monitoringInterval: 0'),
    says: 'c.yaml:8:21 monitoringInterval: A duration must be longer than nothing; expected more than 0, got 0s (duration.positive)',
  },
  {
    title: 'an interval of two days',
    text: withMore('monitoringInterval: 2d'),
    says: 'c.yaml:8:21 monitoringInterval: No such time may be so long; expected at most 1d, got more (duration.long)',
  },
  {
    title: 'a key of a rollback policy that is half written',
    text: withMore('rollbackPolicy: { errorRate: 2% }'),
    says: 'c.yaml:8:19 rollbackPolicy.errorRate: There is no key "errorRate" here. Did you mean errorRateThreshold? (keys.unknown)',
  },
  {
    title: 'a rollback policy that never goes back',
    text: withMore('rollbackPolicy: {}'),
    says: 'c.yaml:8:17 rollbackPolicy: This policy never goes back; expected errorRateThreshold, successRateMinimum or latencyIncrease, got none of them (policy.some)',
  },
  {
    title: 'a rollback policy at every request',
    text: withMore('rollbackPolicy: { errorRateThreshold: 100% }'),
    says: 'c.yaml:8:39 rollbackPolicy.errorRateThreshold: This cannot be an error rate to go back at; expected a fraction above 0 and below 1, got 1 (policy.errorRateThreshold)',
  },
  {
    title: 'a rollback policy that wants perfection',
    text: withMore('rollbackPolicy: { successRateMinimum: 100% }'),
    says: 'c.yaml:8:39 rollbackPolicy.successRateMinimum: This cannot be the least success rate; expected a fraction above 0 and below 1, got 1 (policy.successRateMinimum)',
  },
  {
    title: 'an increase that is a decrease',
    text: withMore('rollbackPolicy: { latencyIncrease: 0.5 }'),
    says: 'c.yaml:8:36 rollbackPolicy.latencyIncrease: This is no increase over the baseline; expected more than 1: 1.5 is half as slow again, got 0.5 (policy.latencyIncrease)',
  },
  {
    title: 'a window of nothing in a rollback policy',
    text: withMore('rollbackPolicy: { errorRateThreshold: 2%, evaluationWindow: 0s }'),
    says: 'c.yaml:8:61 rollbackPolicy.evaluationWindow: A window must be longer than nothing; expected a time above 0, got 0 (policy.evaluationWindowMs)',
  },
  {
    title: 'no failures in a row',
    text: withMore('rollbackPolicy: { errorRateThreshold: 2%, consecutiveFailures: 0 }'),
    says: 'c.yaml:8:64 rollbackPolicy.consecutiveFailures: This cannot be a number of checks; expected a whole number from 1 to 1,000,000, got 0 (policy.consecutiveFailures)',
  },
  {
    title: 'failures in a row of nothing that is counted',
    text: withMore('rollbackPolicy: { latencyIncrease: 2, consecutiveFailures: 3 }'),
    says: 'c.yaml:8:60 rollbackPolicy.consecutiveFailures: This counts looks at a rate, and the policy looks at none; latency is compared by evidence; expected errorRateThreshold or successRateMinimum beside it, got neither (policy.counts)',
  },
];
