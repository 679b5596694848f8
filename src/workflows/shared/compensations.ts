import { CancellationScope } from '@temporalio/workflow';

interface Compensation {
  readonly what: string;
  readonly run: () => Promise<void>;
}

/** What undoes the steps taken. Each is pushed before its step, because a step that timed out may have happened. */
export class Compensations {
  private readonly pushed: Compensation[] = [];

  /** The same undo twice is one: what it sets is absolute. */
  push(what: string, run: () => Promise<void>): void {
    if (!this.pushed.some((compensation) => compensation.what === what)) this.pushed.push({ what, run });
  }

  /** Newest first; cannot be cancelled. */
  async run(): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      for (let next = this.pushed.pop(); next !== undefined; next = this.pushed.pop()) await next.run();
    });
  }
}
