import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, getClient } from '@temporalio/activity';
import { workflowIdOf } from '../../domain/rollout/rollout-id.js';
import {
  FREEZE_MEMO,
  frozenBy,
  frozenWords,
  lineWorkflowId,
  readFreeze,
  type Freeze,
} from '../../domain/stop-the-line/freeze.js';
import type { PreflightProblem } from '../contracts.js';

/** A stop that has just been asked for stores its freeze within milliseconds, where a worker is there. */
const UNTOLD_MS = 3000;
const LOOK_AGAIN_MS = 100;

/** Which stops are in force, as the server knows it; `null`: one has begun, and has not told what it is about. */
export type AskFreeze = (service: string) => Promise<Freeze | null>;

/**
 * Why a start is refused that a stop covers; `null` where none does.
 *
 * It has to be asked after the fences were read: a stop is stored before it writes. So either it is found here, or its fence
 * is not among those that were read, and nothing that the rollout writes applies.
 */
export async function problemWithFreeze(service: string, ask: AskFreeze = askServer): Promise<PreflightProblem | null> {
  const freeze = await ask(service);
  if (freeze === null) return refusal('a stop of the line has begun, and has not told yet what it is about', '');
  const stop = frozenBy(freeze, service);
  return stop === null ? null : refusal(`the line is stopped: ${frozenWords(stop)}`, stop.id);
}

function refusal(message: string, id: string): PreflightProblem {
  return {
    subject: 'freeze',
    message,
    expected: 'no stop that covers the service',
    remedy: `Wait until it is released: headgate stop-the-line --release${id === '' ? '' : ` --stop ${id}`} --reason …`,
  };
}

/** The server answers from the workflow's own record, which is never late, and needs no worker. */
async function askServer(service: string): Promise<Freeze | null> {
  const workflowId = activityInfo().workflowExecution?.workflowId ?? '';
  const own = workflowIdOf(service);
  // Of what is no rollout of the service nobody knows in which environment it is.
  if (!workflowId.endsWith(own)) return [];
  const line = getClient().workflow.getHandle(lineWorkflowId(workflowId.slice(0, -own.length)));
  const endsAt = performance.now() + UNTOLD_MS;
  for (;;) {
    const freeze = await readOnce(() => line.describe());
    if (freeze !== null || performance.now() >= endsAt) return freeze;
    await sleep(LOOK_AGAIN_MS);
  }
}

interface Described {
  readonly status: { readonly name: string };
  readonly memo?: Readonly<Record<string, unknown>>;
}

async function readOnce(describe: () => Promise<Described>): Promise<Freeze | null> {
  try {
    const { status, memo } = await describe();
    return status.name === 'RUNNING' ? readFreeze(memo?.[FREEZE_MEMO]) : [];
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return [];
    throw error;
  }
}
