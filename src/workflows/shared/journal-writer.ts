import {
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { Activities, RecordInput } from '../../activities/contracts.js';
import { statusOf } from '../../domain/rollout/status-of.js';
import type { Happening } from '../../domain/rollout/state.js';
import type { Rollout } from './rollout.js';

const { record } = proxyActivities<Activities>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
  summary: 'Keep the record',
});

/** In the last workflow task itself, so that a rollout that is over costs the server no further round. */
const lastWords = proxyLocalActivities<Activities>({
  startToCloseTimeout: '1s',
  scheduleToCloseTimeout: '1s',
  retry: { maximumAttempts: 1 },
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

  /** Until everything is written: at once where that works, else as patiently as before. */
  async drained(): Promise<boolean> {
    if (!this.writing && this.unwritten().length > 0) await this.writeAtOnce();
    this.flush();
    return condition(() => !this.writing && this.unwritten().length === 0, LAST_WORDS_MS, { summary: 'Journal' });
  }

  private unwritten(): readonly Happening[] {
    return this.rollout.state.happenings.filter((happening) => happening.number > this.written);
  }

  private async write(): Promise<void> {
    this.writing = true;
    try {
      for (let batch = this.unwritten(); batch.length > 0; batch = this.unwritten()) {
        await record(this.inputFor(batch));
        this.written = batch.at(-1)?.number ?? this.written;
      }
    } finally {
      this.writing = false;
    }
  }

  private async writeAtOnce(): Promise<void> {
    const batch = this.unwritten();
    try {
      await lastWords.record(this.inputFor(batch));
      this.written = batch.at(-1)?.number ?? this.written;
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
  }

  private inputFor(happenings: readonly Happening[]): RecordInput {
    const { state } = this.rollout;
    return { rolloutId: state.id, service: state.plan.service, happenings, status: statusOf(state, Date.now()) };
  }
}
