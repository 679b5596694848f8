import type { StatusBase } from '../../domain/rollout/status.js';
import { activityInfo, getClient } from '@temporalio/activity';
import { NO_FENCE } from '../../domain/traffic/fence.js';
import { BASELINE_MEMO, SERVES_MEMO, START_MEMO } from '../../domain/traffic/serving/memo.js';
import {
  NOTHING_RECALLED,
  recallFrom,
  type PastRollout,
  type Recalled,
} from '../../domain/traffic/serving/past-rollouts.js';
import { formatRolloutId } from '../../domain/rollout/rollout-id.js';
import { isStillSo, readServes, readSlotVersion, type PlaneReading } from '../../domain/traffic/serving/serves.js';
import { visibilityValue } from '../../domain/visibility-value.js';
import type { Journal } from '../../ports/journal.js';
import { patiently } from '../../inspection/patience.js';

/** So many of the newest rollouts are asked: those that came to nothing leave no word. */
const LOOKED_AT = 20;

/** The newest lines of a journal that are searched for an outcome. */
const LINES = 1000;

/** A journal that does not answer must not keep anybody from starting. */
const JOURNAL_MS = 3000;

/** Reads what the server remembers of earlier rollouts of a service. */
export type ReadPastRollouts = (service: string) => Promise<readonly PastRollout[]>;

/** What could be recalled, and what could not be read. */
export interface Memory extends Recalled {
  readonly trouble: readonly string[];
}

/**
 * What the rollout before left, from its memo, else from the journal. The server lists what has just ended a moment late,
 * so where a fence says that somebody was here it is asked again.
 */
export async function recall(
  service: string,
  plane: PlaneReading,
  journal: Journal,
  readPast: ReadPastRollouts = pastRollouts,
): Promise<Memory> {
  if (plane.fences.every((fence) => fence === NO_FENCE)) return { ...NOTHING_RECALLED, trouble: [] };
  return patiently(
    () => recallOnce(service, plane, journal, readPast),
    ({ record }) => record !== null,
  );
}

async function recallOnce(
  service: string,
  plane: PlaneReading,
  journal: Journal,
  readPast: ReadPastRollouts,
): Promise<Memory> {
  const trouble: string[] = [];
  const orTrouble = async <T>(what: string, read: Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await read;
    } catch (error) {
      trouble.push(`${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return otherwise;
    }
  };
  const recalled = recallFrom(await orTrouble('what earlier rollouts left', readPast(service), []), plane);
  if (recalled.record !== null) return { ...recalled, trouble };
  const written = await orTrouble('the journal', inTime(lastServes(service, journal)), null);
  const record = written !== null && isStillSo(written, plane) ? written : null;
  return { ...recalled, record, trouble };
}

async function lastServes(service: string, journal: Journal) {
  const entries = await journal.read({ service, limit: LINES });
  const left = entries.findLast(({ status }) => servesIn(status) !== undefined);
  return readServes(servesIn(left?.status));
}

/** What a rollout has left, where its kind leaves anything. */
function servesIn(status: StatusBase | undefined): unknown {
  return status !== undefined && 'serves' in status ? status.serves : undefined;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${String(JOURNAL_MS)} ms`)), JOURNAL_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The rollouts that had this workflow's id before: of this service, in this environment. */
async function pastRollouts(service: string): Promise<readonly PastRollout[]> {
  const workflowId = activityInfo().workflowExecution?.workflowId;
  if (workflowId === undefined) return [];
  const query = `WorkflowId = ${visibilityValue(workflowId)} AND ExecutionStatus != 'Running' AND ExecutionStatus != 'ContinuedAsNew'`;
  const found: PastRollout[] = [];
  for await (const { memo = {}, status, closeTime, runId, raw } of getClient().workflow.list({
    query,
    pageSize: LOOKED_AT,
  })) {
    const start = memo[START_MEMO];
    const version = typeof start === 'object' && start !== null && 'version' in start ? start.version : null;
    found.push({
      id: formatRolloutId(service, raw.firstRunId || runId),
      closedAtMs: closeTime?.getTime() ?? 0,
      brokenOff: status.name === 'TERMINATED' || status.name === 'FAILED' || status.name === 'TIMED_OUT',
      version: typeof version === 'string' ? version : null,
      baseline: readSlotVersion(memo[BASELINE_MEMO]),
      serves: readServes(memo[SERVES_MEMO]),
    });
    if (found.length === LOOKED_AT) break;
  }
  return found;
}
