import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { expect, test } from 'vitest';
import { rolloutsInFlight } from '../../../src/worker/metrics/in-flight.js';
import { attributePairs } from '../../../src/domain/search-attributes.js';

/** A server that lists so many rollouts, the last of which needs a person. */
function serverWith(count: number): Client {
  async function* list(): AsyncGenerator<Pick<WorkflowExecutionInfo, 'typedSearchAttributes'>> {
    for (let index = 1; index <= count; index += 1) {
      await Promise.resolve();
      const HeadgateNeedsHuman = index === count;
      const pairs = attributePairs({ HeadgateService: `svc-${String(index)}`, HeadgateNeedsHuman });
      yield { typedSearchAttributes: new TypedSearchAttributes(pairs) };
    }
  }
  const withDeadline = (_: unknown, work: () => Promise<unknown>): Promise<unknown> => work();
  return { withDeadline, workflow: { list } } as unknown as Client;
}

test('every rollout in flight is told at a scrape, also beyond the first thousand [W30] [C-14]', async () => {
  const found = await rolloutsInFlight(serverWith(1001), 'headgate');
  expect(found).toHaveLength(1001);
  expect(found?.at(-1)).toMatchObject({ service: 'svc-1001', needsHuman: true });
});
