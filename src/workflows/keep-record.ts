import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { RecordInput } from '../activities/contracts.js';
import { batchesOf } from '../domain/rollout/journal-batches.js';
import { writeRecord } from './shared/journal-writer.js';

/** Writes the last lines of a rollout that has ended while the journal was away. Fails when anybody else starts it. */
export async function keepRecord(input: RecordInput): Promise<void> {
  if (workflowInfo().parent === undefined)
    throw ApplicationFailure.create({
      type: 'INVALID_INPUT',
      message: 'Only a rollout that has ended starts this, with the lines of its record that are left',
      nonRetryable: true,
    });
  for (const lines of batchesOf(input.lines)) await writeRecord({ ...input, lines });
}
