import { activityInfo, getClient } from '@temporalio/activity';
import { decodeOptionalSinglePayload } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { EMPTY_PROBE_LOG } from '../../domain/health/probe-log.js';
import type { ProbeLogs } from '../../domain/health/probe-logs.js';
import type { WatchMemory } from './stage-watch.js';

/** What the watch of this very rollout has told last of an environment, in whichever worker it runs. */
export async function seenByWatch(slot: string): Promise<ProbeLogs> {
  const { workflowExecution } = activityInfo();
  if (workflowExecution === undefined) return EMPTY_PROBE_LOG;
  const client = getClient();
  const { raw } = await client.workflow.getHandle(workflowExecution.workflowId, workflowExecution.runId).describe();
  // The one that was begun last: one that was replaced may be on its way out.
  const watch = raw.pendingActivities?.findLast(({ activityId }) => activityId?.startsWith('watch-') === true);
  const payload = watch?.heartbeatDetails?.payloads?.[0];
  if (payload == null) return EMPTY_PROBE_LOG;
  const memory = await decodeOptionalSinglePayload<WatchMemory>(client.options.loadedDataConverter, payload);
  return memory?.probesOfSlots?.[slot] ?? EMPTY_PROBE_LOG;
}
