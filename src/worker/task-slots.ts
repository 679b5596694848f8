import type {
  CustomSlotSupplier,
  LocalActivitySlotInfo,
  SlotInfo,
  SlotPermit,
  SlotReserveContext,
  WorkflowSlotInfo,
} from '@temporalio/worker';

/** Slots that a worker hands out by what it can do, not by a number alone. */
export interface TaskSlots {
  readonly workflowTasks: CustomSlotSupplier<WorkflowSlotInfo>;
  readonly localActivities: CustomSlotSupplier<LocalActivitySlotInfo>;
}

/**
 * Lets a worker hold only as many workflow tasks as it soon comes to: Temporal takes one that is held for 10 s for lost, and
 * has it done again, so a crowd would be twice the work on the machine that is too slow for it already.
 *
 * A task whose change of weights is under way does not count: it waits for the data plane, and keeps nobody from being
 * served. That is what a local activity is here.
 *
 * @param held how many tasks may be held besides
 * @param most how many local activities may be under way
 */
export function createTaskSlots(held: number, most: number): TaskSlots {
  const localActivities = new Slots<LocalActivitySlotInfo>((permits) => permits < most);
  const workflowTasks = new Slots<WorkflowSlotInfo>((permits) => permits - localActivities.used < held);
  localActivities.onUsed = () => workflowTasks.wake();
  return { workflowTasks, localActivities };
}

class Slots<Info extends SlotInfo> implements CustomSlotSupplier<Info> {
  readonly type = 'custom';
  /** Those that are in use; others are reserved for a task that may come. */
  used = 0;
  onUsed: () => void = () => undefined;
  private permits = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly isFree: (permits: number) => boolean) {}

  readonly reserveSlot = async (_: SlotReserveContext, signal: AbortSignal): Promise<SlotPermit> => {
    for (let permit = this.tryReserveSlot(); ; permit = this.tryReserveSlot()) {
      if (permit !== null) return permit;
      await this.freed(signal);
    }
  };

  readonly tryReserveSlot = (): SlotPermit | null => {
    if (!this.isFree(this.permits)) return null;
    this.permits += 1;
    return {};
  };

  readonly markSlotUsed = (): void => {
    this.used += 1;
    this.onUsed();
  };

  readonly releaseSlot = ({ slotInfo }: { readonly slotInfo?: Info }): void => {
    this.permits -= 1;
    if (slotInfo !== undefined) this.used -= 1;
    this.wake();
  };

  /** One who waits, for each slot that is free. */
  wake(): void {
    for (const go of [...this.waiting].slice(0, 1)) {
      this.waiting.delete(go);
      go();
    }
  }

  private freed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.waiting.delete(go);
        reject(signal.reason as Error);
      };
      const go = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      if (signal.aborted) giveUp();
      else {
        signal.addEventListener('abort', giveUp, { once: true });
        this.waiting.add(go);
      }
    });
  }
}
