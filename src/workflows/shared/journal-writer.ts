import { CancellationScope, condition, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/contracts.js';
import { batchOf } from '../../domain/rollout/bounded.js';
import { MOST_BATCH_BYTES } from '../../domain/rollout/bounds.js';
import { statusOf } from '../../domain/rollout/status-of.js';
import type { Happening } from '../../domain/rollout/state.js';
import type { Rollout } from './rollout.js';

const { record } = proxyActivities<Activities>({
  startToCloseTimeout: '60s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
  summary: 'Keep the record',
});

/** How long a rollout that has ended waits for its record to be written, before it ends without. */
const LAST_WORDS_MS = 10 * 60_000;

/** Writes what happens to the journal, in order and in batches, beside the rollout: it never delays a step. */
export class JournalWriter {
  private written: number;
  private writing = false;

  constructor(private readonly rollout: Rollout) {
    this.written = rollout.state.happeningCount - rollout.state.happenings.length;
  }

  /** Starts to write what is not written yet. */
  flush(): void {
    if (!this.writing && this.unwritten().length > 0) void CancellationScope.nonCancellable(() => this.write());
  }

  /** Until everything is written, or for want of it {@link LAST_WORDS_MS}. */
  async lastWords(): Promise<void> {
    await this.drained(LAST_WORDS_MS, () => false);
  }

  /** Whether everything is written, after so long, or as soon as `orWhen`. */
  async drained(waitMs: number, orWhen: () => boolean): Promise<boolean> {
    this.flush();
    const isDrained = (): boolean => !this.writing && this.unwritten().length === 0;
    await condition(() => isDrained() || orWhen(), waitMs, { summary: 'Journal' });
    return isDrained();
  }

  private unwritten(): readonly Happening[] {
    return this.rollout.state.happenings.filter((happening) => happening.number > this.written);
  }

  private nextBatch(): readonly Happening[] {
    return batchOf(this.unwritten(), MOST_BATCH_BYTES);
  }

  private async write(): Promise<void> {
    this.writing = true;
    try {
      for (let batch = this.nextBatch(); batch.length > 0; batch = this.nextBatch()) {
        const { state } = this.rollout;
        await record({
          rolloutId: state.id,
          service: state.plan.service,
          happenings: batch,
          status: statusOf(state, Date.now()),
        });
        this.written = batch.at(-1)?.number ?? this.written;
      }
    } finally {
      this.writing = false;
    }
  }
}
