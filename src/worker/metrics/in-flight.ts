import type { Client } from '@temporalio/client';
import { visibilityValue } from '../../domain/visibility-value.js';

/** A rollout that has not ended, as Temporal lists it. */
export interface InFlight {
  readonly service: string;
  readonly phase: string;
  readonly needsHuman: boolean;
}

/** A scrape must not wait for a Temporal that is away. */
const DEADLINE_MS = 2000;

/** Asked for at once; what is more is asked for page by page. */
const PAGE = 1000;

/**
 * All rollouts that the workers of this task queue carry, whichever of them works on each.
 *
 * @returns `null` when Temporal does not say, or not all of it in time.
 */
export async function rolloutsInFlight(client: Client, taskQueue: string): Promise<readonly InFlight[] | null> {
  const query = `TaskQueue = ${visibilityValue(taskQueue)} AND ExecutionStatus = 'Running' AND HeadgateService IS NOT NULL`;
  try {
    return await client.withDeadline(Date.now() + DEADLINE_MS, async () => {
      const found: InFlight[] = [];
      for await (const { typedSearchAttributes } of client.workflow.list({ query, pageSize: PAGE })) {
        const held = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
        found.push({
          service: String(held.HeadgateService),
          phase: String(held.HeadgatePhase ?? 'waiting'),
          needsHuman: held.HeadgateNeedsHuman === true,
        });
      }
      return found;
    });
  } catch {
    return null;
  }
}
