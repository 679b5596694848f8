import type { RecordInput } from '../activities/contracts.js';
import { batchesOf } from '../domain/rollout/journal-batches.js';
import { writeRecord } from './shared/journal-writer.js';

/** Writes the last lines of a rollout that has ended while the journal was away. */
export async function keepRecord(input: RecordInput): Promise<void> {
  for (const happenings of batchesOf(input.happenings)) await writeRecord({ ...input, happenings });
}
