import { CancellationScope, condition, ParentClosePolicy, sleep, startChild, workflowInfo } from '@temporalio/workflow';
import type { RecordInput } from '../../activities/contracts.js';
import { batchesOf } from '../../domain/rollout/journal-batches.js';
import type { Life } from '../../domain/rollout/life.js';
import type { LogLine } from '../../domain/rollout/log-line.js';
import { unwritten } from '../../domain/rollout/record.js';
import type { StatusBase } from '../../domain/rollout/status.js';
import { KEEP_RECORD } from '../messages.js';
import type { Dispatching } from './rollout.js';
import { whereKnown } from './where-known.js';

/**
 * How long a rollout that has ended waits for its record to be written, before another workflow does it. Longer than a
 * worker lets records wait that stops hundreds of rollouts: hundreds of workflows more would slow the stopping.
 */
const LAST_LINES_MS = 15_000;

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

  constructor(
    private readonly rollout: Dispatching & { readonly state: Life },
    private readonly status: () => StatusBase,
  ) {}

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
    const waiting = new CancellationScope();
    let isLate = false;
    void waiting
      .run(() => sleep(LAST_LINES_MS, { summary: 'Journal' }))
      .then(() => {
        isLate = true;
      })
      .catch(() => undefined);
    // What was written in time counts also where a busy worker hears of both at once.
    await condition(() => isDrained() || isLate);
    waiting.cancel();
    if (isDrained()) return;
    const { workflowId, runId } = workflowInfo();
    await startChild(KEEP_RECORD, {
      workflowId: `${workflowId}/journal/${runId}`,
      args: [this.input(this.unwritten())],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `The rest of the journal of ${this.rollout.state.id}`,
    });
  }

  private unwritten(): readonly LogLine[] {
    return unwritten(this.rollout.state);
  }

  private async write(): Promise<void> {
    this.writing = true;
    try {
      for (let [batch] = batchesOf(this.unwritten()); batch !== undefined; [batch] = batchesOf(this.unwritten())) {
        await writeRecord(this.input(batch));
        this.rollout.dispatch({ type: 'journaled', upTo: batch.at(-1)?.number ?? 0 });
      }
    } finally {
      this.writing = false;
    }
  }

  private input(lines: readonly LogLine[]): RecordInput {
    const status = this.status();
    const { workflowId } = workflowInfo();
    return { rolloutId: status.id, service: status.service, workflowId, lines, status };
  }
}
