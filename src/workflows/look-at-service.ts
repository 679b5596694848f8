import type { LookAtHealthInput, LookAtMetricsInput, Looked } from '../activities/contracts.js';
import type { ServiceHealth } from '../domain/health/health.js';
import type { ServiceMetrics } from '../domain/traffic/service-metrics.js';
import { ELSEWHERE, whereKnown } from './shared/where-known.js';

const activities = whereKnown(
  { startToCloseTimeout: '60s', retry: { maximumAttempts: 2 }, summary: 'How is the service just now?' },
  ELSEWHERE,
);

/** What is looked at: the health of a service's backends, or what they have served. */
export type LookAtServiceInput =
  ({ readonly kind: 'health' } & LookAtHealthInput) | ({ readonly kind: 'metrics' } & LookAtMetricsInput);

/** Looks at a service where its adapters are, for a program that has none. Moves nothing, and is no rollout. */
export async function lookAtService(input: LookAtServiceInput): Promise<Looked<ServiceHealth | ServiceMetrics>> {
  return input.kind === 'health' ? activities.lookAtHealth(input) : activities.lookAtMetrics(input);
}
