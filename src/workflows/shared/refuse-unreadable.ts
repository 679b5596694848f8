import { workflowInfo } from '@temporalio/workflow';
import { describeProblem } from '../../domain/errors.js';
import { problemsOfShape } from '../../domain/rollout/plan-shape.js';
import { problemsOfWish } from '../../domain/rollout/serving/start-wish.js';
import { formatRolloutId } from '../../domain/rollout/rollout-id.js';
import type { RolloutOutcome } from '../messages.js';

/**
 * The end of a rollout that was started by hand with something that is no plan: without it every workflow task would
 * fail, no signal would be heard, and the service would stay locked until somebody terminates the workflow.
 *
 * `null` when the input can be read.
 */
export function refuseUnreadable(input: unknown): RolloutOutcome | null {
  const plan = fieldOf(input, 'plan');
  const problems = [...problemsOfShape(plan), ...problemsOfWish(input)];
  if (problems.length === 0) return null;
  const service = fieldOf(plan, 'service');
  const name = typeof service === 'string' && service !== '' ? service : 'unknown';
  return {
    id: formatRolloutId(name, workflowInfo().firstExecutionRunId),
    outcome: 'aborted',
    reason: `the plan is not valid:\n${problems.map(describeProblem).join('\n')}`,
    cause: 'preflight',
    evidence: problems,
    moved: false,
    weights: null,
    at: new Date().toISOString(),
  };
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
