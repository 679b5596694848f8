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
    title: 'a probe without a pause',
    text: withMore('health: { endpoints: [/h], interval: 0s }'),
    says: 'c.yaml:8:38 health.interval: A duration must be longer than nothing; expected more than 0 ms, got 0 ms (duration.positive)',
  },
  {
    title: 'an unknown answer to the unknown',
    text: withMore('onUnknown: rollback'),
    says: 'c.yaml:8:12 onUnknown: This is not one of the choices; expected hold, abort or continue, got "rollback". Did you mean abort? (value.unknown)',
  },
  {
    title: 'a deadline of nothing',
    text: withMore('deadline: 0m'),
    says: 'c.yaml:8:11 deadline: A duration must be longer than nothing; expected more than 0 ms, got 0 ms (duration.positive)',
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
    says: 'c.yaml:8:21 monitoringInterval: A duration must be longer than nothing; expected more than 0 ms, got 0 ms (duration.positive)',
  },
];
