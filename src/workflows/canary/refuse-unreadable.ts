import { patched, workflowInfo } from '@temporalio/workflow';
import { describeProblem, type Problem } from '../../domain/errors.js';
import { isOwnContinuation, readCanaryInput, type CanaryInput } from '../../domain/canary/canary-input.js';
import { problemsOfService } from '../../domain/rollout/service-name.js';
import { formatRolloutId, problemsOfWorkflowId } from '../../domain/rollout/rollout-id.js';
import { isObject } from '../../domain/reading/combinators.js';
import { read } from '../../domain/reading/reader.js';
import type { RolloutOutcome } from '../messages.js';

/** What a workflow was started with: something to go by, or the end of it. */
export type Begun =
  { readonly input: CanaryInput; readonly warnings: readonly string[] } | { readonly refused: RolloutOutcome };

/**
 * Reads what somebody started a rollout with, and ends it where that cannot be done: otherwise every workflow task would
 * fail, no signal would be heard, and the service would stay locked until somebody terminates the workflow.
 */
export function readOrRefuse(given: unknown): Begun {
  const { continuedFromExecutionRunId, firstExecutionRunId } = workflowInfo();
  const isContinued = continuedFromExecutionRunId !== undefined;
  if (isContinued && isOwnContinuation(given, firstExecutionRunId)) return { input: given, warnings: [] };
  const { value, problems, unknown } = read(readCanaryInput, given ?? {});
  if (value === undefined || problems.length > 0) return { refused: refusal(given, 'the plan is not valid', problems) };
  const misplaced = problemsOfOwnId(value.plan.service);
  if (misplaced.length > 0) return { refused: refusal(given, 'the workflow id is not that of the service', misplaced) };
  return {
    input: value,
    warnings: unknown.map((path) => `the input has a field "${path}" that nobody here knows: it is ignored`),
  };
}

/** The mark in histories of rollouts that were refused for their workflow id. */
const ID_IS_CHECKED = 'workflow-id-is-checked';

/** A rollout that began before this was checked goes on, and a recorded one may be replayed under any id. */
function problemsOfOwnId(service: string): readonly Problem[] {
  const problems = problemsOfWorkflowId(workflowInfo().workflowId, service);
  return problems.length > 0 && patched(ID_IS_CHECKED) ? problems : [];
}

function refusal(given: unknown, why: string, problems: readonly Problem[]): RolloutOutcome {
  return {
    id: formatRolloutId(serviceIn(given) ?? 'unknown', workflowInfo().firstExecutionRunId),
    outcome: 'aborted',
    reason: `${why}:\n${problems.map(describeProblem).join('\n')}`,
    cause: 'preflight',
    evidence: problems,
    moved: false,
    weights: null,
    at: new Date().toISOString(),
  };
}

function serviceIn(given: unknown): string | null {
  if (!isObject(given) || !isObject(given.plan)) return null;
  const { service } = given.plan;
  return typeof service === 'string' && problemsOfService(service).length === 0 ? service : null;
}
