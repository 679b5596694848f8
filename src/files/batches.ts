interface Waiting<Item, Outcome> {
  readonly item: Item;
  settle(outcome: PromiseSettledResult<Outcome>): void;
}

/**
 * Does together what is asked for while it works: hundreds who ask at once wait for two turns, not each for all others.
 */
export class Batches<Item, Outcome> {
  private waiting: Waiting<Item, Outcome>[] = [];
  private working = false;

  /** @param work answers for each item, in their order; what it throws counts for all of them. */
  constructor(private readonly work: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Outcome>[]>) {}

  get isWorking(): boolean {
    return this.working;
  }

  /** @param signal ends the waiting before its turn; what is being worked on already is done. */
  async add(item: Item, signal?: AbortSignal): Promise<Outcome> {
    signal?.throwIfAborted();
    return new Promise<Outcome>((resolve, reject) => {
      const giveUp = (): void => {
        this.waiting = this.waiting.filter((one) => one !== own);
        reject(signal?.reason as Error);
      };
      const own: Waiting<Item, Outcome> = {
        item,
        settle(outcome) {
          signal?.removeEventListener('abort', giveUp);
          if (outcome.status === 'fulfilled') resolve(outcome.value);
          else reject(outcome.reason as Error);
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.waiting.push(own);
      if (!this.working) void this.workOn();
    });
  }

  private async workOn(): Promise<void> {
    this.working = true;
    // What is asked for in the same moment waits together from the beginning.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      const [turn] = await Promise.allSettled([this.work(batch.map(({ item }) => item))]);
      for (const [index, one] of batch.entries())
        one.settle(turn.status === 'rejected' ? turn : (turn.value[index] ?? NO_OUTCOME));
    }
    this.working = false;
  }
}

const NO_OUTCOME: PromiseRejectedResult = { status: 'rejected', reason: new Error('it was not worked on') };
