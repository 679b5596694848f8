import { CancellationScope, condition, ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import type { RecordInput } from '../../activities/contracts.js';
import { batchesOf } from '../../domain/rollout/journal-batches.js';
import { statusOf } from '../../domain/rollout/status-of.js';
import type { Happening } from '../../domain/rollout/state.js';
import { KEEP_RECORD } from '../messages.js';
import type { Rollout } from './rollout.js';
import { whereKnown } from './where-known.js';

/** How long a rollout that has ended waits for its record to be written, before another workflow does it. */
const LAST_LINES_MS = 5000;

/** Writes to the journal, however long it takes. */
export async function writeRecord(input: RecordInput): Promise<void> {
  const activities = whereKnown({
    startToCloseTimeout: '60s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
    summary: 'Keep the record',
  });
  await activities.record(input);
}

/** Writes what happens to the journal, in order and in batches, beside the rollout: it never delays a step. */
export class JournalWriter {
  private writing = false;

  constructor(private readonly rollout: Rollout) {}

  /** Starts to write what is not written yet. */
  flush(): void {
    if (!this.writing && this.unwritten().length > 0) void CancellationScope.nonCancellable(() => this.write());
  }

  /**
   * Until everything is written. A journal that is away does not keep the service: the lines go to a workflow of their own,
   * which writes them when it can.
   */
  async writeLast(): Promise<void> {
    this.flush();
    const isDrained = (): boolean => !this.writing && this.unwritten().length === 0;
    if (await condition(isDrained, LAST_LINES_MS, { summary: 'Journal' })) return;
    const { workflowId, runId } = workflowInfo();
    await startChild(KEEP_RECORD, {
      workflowId: `${workflowId}/journal/${runId}`,
      args: [this.input(this.unwritten())],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `The rest of the journal of ${this.rollout.state.id}`,
    });
  }

  private unwritten(): readonly Happening[] {
    const { happenings, journaledTo } = this.rollout.state;
    return happenings.filter(({ number }) => number > journaledTo);
  }

  private async write(): Promise<void> {
    this.writing = true;
    try {
      for (let [batch] = batchesOf(this.unwritten()); batch !== undefined; [batch] = batchesOf(this.unwritten())) {
        await writeRecord(this.input(batch));
        this.rollout.happens({ type: 'journaled', upTo: batch.at(-1)?.number ?? 0 });
      }
    } finally {
      this.writing = false;
    }
  }

  private input(happenings: readonly Happening[]): RecordInput {
    const { state } = this.rollout;
    const status = statusOf(state, Date.now());
    const { workflowId } = workflowInfo();
    return { rolloutId: state.id, service: state.plan.service, workflowId, happenings, status };
  }
}
