import { patched, workflowInfo } from '@temporalio/workflow';
import { describeProblem, type Problem } from '../../domain/errors.js';
import { problemsOfService } from '../../domain/rollout/service-name.js';
import { formatRolloutId, problemsOfWorkflowId } from '../../domain/rollout/rollout-id.js';
import { isObject } from '../../domain/reading/combinators.js';
import { read, type Reader } from '../../domain/reading/reader.js';
import { isOwnContinuation } from '../../domain/rollout/continuation.js';
import type { RolloutOutcome } from '../messages.js';

/** What a workflow was started with: something to go by, or the end of it. */
export type Begun<Input> =
  { readonly input: Input; readonly warnings: readonly string[] } | { readonly refused: RolloutOutcome };

interface Startable {
  readonly plan: { readonly service: string };
}

/**
 * Reads what somebody started a rollout with, and ends it where that cannot be done: otherwise every workflow task would
 * fail, no signal would be heard, and the service would stay locked until somebody terminates the workflow.
 */
export function readOrRefuse<Input extends Startable>(given: unknown, readInput: Reader<Input>): Begun<Input> {
  const { continuedFromExecutionRunId, firstExecutionRunId } = workflowInfo();
  const isContinued = continuedFromExecutionRunId !== undefined;
  if (isContinued && isOwnContinuation(given, firstExecutionRunId)) return { input: given as Input, warnings: [] };
  const { value, problems, unknown } = read(readInput, given ?? {});
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
