import { partialHealthPlan } from '../health/health-fields.js';
import type { HealthPlan } from '../health/health-plan.js';
import { problemsOfPartialHealth } from '../health/health-rules.js';
import { byKind, number, object, oneOf, optional, text } from '../reading/combinators.js';
import { problemsOfService } from '../rollout/service-name.js';
import { LONGEST_MS, problemsOfTime } from '../time-rules.js';

/** How the backends of a service are, asked just now. */
export interface LookAtHealth {
  readonly kind: 'health';
  readonly service: string;
  /** How they are probed; what is absent is as the service says. */
  readonly health?: Partial<HealthPlan>;
}

/** What a service has served within a range of time. */
export interface LookAtMetrics {
  readonly kind: 'metrics';
  readonly service: string;
  /** Up to now. */
  readonly rangeMs: number;
}

export type LookAtServiceInput = LookAtHealth | LookAtMetrics;

const service = text({ max: Infinity });
const named = {
  about: ['service'] as const,
  problems: (input: LookAtServiceInput) => problemsOfService(input.service),
};

/** Reads what a look was started with, which may be anything: people start it by hand too. */
export const readLookInput = byKind<LookAtServiceInput>({
  health: object<LookAtHealth>(
    { kind: oneOf(['health']), service, health: optional(partialHealthPlan) },
    { rules: [named, { about: ['health'], problems: ({ health = {} }) => problemsOfPartialHealth(health) }] },
  ),
  metrics: object<LookAtMetrics>(
    { kind: oneOf(['metrics']), service, rangeMs: number() },
    {
      rules: [named, { about: ['rangeMs'], problems: ({ rangeMs }) => problemsOfTime('rangeMs', rangeMs, LONGEST_MS) }],
    },
  ),
});
