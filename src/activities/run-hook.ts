import { activityInfo, ApplicationFailure, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { HookReport } from '../domain/hooks/answer.js';
import { PURPOSE_OF, type Moment } from '../domain/hooks/moments.js';
import type { HookPayload } from '../domain/hooks/payload.js';
import { HookUnansweredError, type Hook } from '../ports/hooks.js';
import type { Ports } from '../ports/service.js';
import type { RunHookInput } from './contracts.js';
import type { World } from './world.js';

/** A sign of life so often; what misses ten seconds of them is begun again elsewhere. */
const ALIVE_EVERY_MS = 1000;

/** Between two attempts: the first pause, and the longest. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * One attempt to ask or tell a hook. Answers with what it said, or with `unknown` when its deadline is near; until then it
 * fails retryably, so that a hook that is away for an hour leaves nothing in the history.
 */
export async function runHook({ ports, listener }: World, input: RunHookInput): Promise<HookReport> {
  const report = await attemptHook(ports, input);
  listener.ranHook?.({ hook: input.hook, moment: input.moment, answer: report.answer });
  return report;
}

async function attemptHook(ports: Ports, input: RunHookInput): Promise<HookReport> {
  const { moment, hook: name, idempotencyKey } = input;
  const hook = ports.hooks?.[name];
  if (hook === undefined)
    return { answer: 'unknown', reason: `no hook of headgate.yaml is named ${name}: add it, or go on without it` };
  const { attempt } = activityInfo();
  const signal = cancellationSignal();
  const alive = setInterval(() => heartbeat(), ALIVE_EVERY_MS);
  heartbeat();
  try {
    const answer = await hook.run(moment, linked(input.payload, ports), { attempt, idempotencyKey, signal });
    return answer.answer === 'notYet' ? again(hook, moment, `not yet: ${answer.reason}`) : answer;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HookUnansweredError)) throw error;
    return again(hook, moment, error.message, error);
  } finally {
    clearInterval(alive);
  }
}

/** @throws ApplicationFailure that is retried, unless its deadline is before the next attempt */
function again(
  hook: Hook,
  moment: Moment,
  reason: string,
  { retryAfterMs, isFinal }: Partial<Pick<HookUnansweredError, 'retryAfterMs' | 'isFinal'>> = {},
): HookReport {
  const { attempt, scheduledTimestampMs } = activityInfo();
  const pauseMs = retryAfterMs ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt - 1, 10));
  const isLate = Date.now() + pauseMs - scheduledTimestampMs > hook.deadlineMs;
  // A load has the deadline of its stage.
  if (isFinal === true || (isLate && PURPOSE_OF[moment] !== 'load'))
    return { answer: 'unknown', reason: `${reason} (attempt ${String(attempt)})` };
  throw ApplicationFailure.create({
    type: 'HOOK_UNANSWERED',
    message: reason,
    nextRetryDelay: pauseMs,
    category: 'BENIGN',
  });
}

/** With the page of this rollout, which only the worker knows the address of. */
function linked({ data, ...payload }: HookPayload, { temporalUi }: Ports): HookPayload {
  const { namespace, workflowExecution } = activityInfo();
  if (temporalUi === undefined || workflowExecution === undefined) return { ...payload, data };
  const path = ['namespaces', namespace, 'workflows', workflowExecution.workflowId, workflowExecution.runId];
  return { ...payload, data: { ...data, link: `${temporalUi}/${path.map(encodeURIComponent).join('/')}` } };
}
