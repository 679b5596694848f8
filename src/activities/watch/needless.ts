import { CompleteAsyncError } from '@temporalio/activity';

/** The watches of this process, by the rollout that they guard. */
const running = new Map<string, Set<() => void>>();

/** Tells a watch that there is nothing left to guard, where this process knows so before Temporal says it. */
export class Need {
  private needless = false;
  private wake: () => void = () => undefined;
  private readonly over = new Promise<void>((resolve) => {
    this.wake = resolve;
  });
  private readonly end = (): void => {
    this.needless = true;
    this.wake();
  };

  constructor(private readonly rolloutId: string) {
    const others = running.get(rolloutId);
    if (others === undefined) running.set(rolloutId, new Set([this.end]));
    else others.add(this.end);
  }

  /** @throws CompleteAsyncError which ends an activity without a word to the server */
  throwIfOver(): void {
    if (this.needless) throw new CompleteAsyncError();
  }

  /** Ends with `waiting`, or as soon as the need is over. */
  async orOver(waiting: Promise<void>): Promise<void> {
    await Promise.race([waiting, this.over]);
  }

  forget(): void {
    const all = running.get(this.rolloutId);
    all?.delete(this.end);
    if (all?.size === 0) running.delete(this.rolloutId);
  }
}

/** The rollout's stage needs no guard any more: its watches in this process end without a word. */
export function watchesAreNeedless(rolloutId: string): void {
  for (const end of running.get(rolloutId) ?? []) end();
}
