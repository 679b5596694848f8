import { ApplicationFailure } from '@temporalio/workflow';
import type { Looked } from '../activities/contracts.js';
import type { ServiceHealth } from '../domain/health/health.js';
import { problemSentence } from '../domain/reading/problems.js';
import { read } from '../domain/reading/reader.js';
import { readLookInput, type LookAtServiceInput } from '../domain/traffic/look-at-service.js';
import type { ServiceMetrics } from '../domain/traffic/service-metrics.js';
import { ELSEWHERE, whereKnown } from './shared/where-known.js';

const activities = whereKnown(
  { startToCloseTimeout: '60s', retry: { maximumAttempts: 2 }, summary: 'How is the service just now?' },
  ELSEWHERE,
);

/** Looks at a service where its adapters are, for a program that has none. Moves nothing, and is no rollout. */
export async function lookAtService(given: LookAtServiceInput): Promise<Looked<ServiceHealth | ServiceMetrics>> {
  const { value: input, problems } = read(readLookInput, given);
  if (input === undefined || problems.length > 0)
    throw ApplicationFailure.create({
      type: 'INVALID_INPUT',
      message: problems.map(problemSentence).join('; '),
      nonRetryable: true,
    });
  return input.kind === 'health' ? activities.lookAtHealth(input) : activities.lookAtMetrics(input);
}
