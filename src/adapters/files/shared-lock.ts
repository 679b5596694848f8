import { Batches } from '../../files/batches.js';
import { LockMemory, takeLock, type HeldLock } from './file-lock.js';

interface Task {
  readonly timeoutMs: number;
  readonly work: (lock: HeldLock) => Promise<void>;
}

/** A lock under which this process does together what was asked for while somebody else had it. */
export class SharedLock {
  private readonly memory = new LockMemory();
  private readonly tasks = new Batches<Task, void>((tasks) => this.workOn(tasks));

  constructor(readonly path: string) {}

  /** @throws LockHeldError when another process holds it for longer than `timeoutMs`; Error when it cannot be made. */
  hold(timeoutMs: number, work: (lock: HeldLock) => Promise<void>): Promise<void> {
    return this.tasks.add({ timeoutMs, work });
  }

  private async workOn(tasks: readonly Task[]): Promise<readonly PromiseSettledResult<void>[]> {
    const timeoutMs = Math.min(...tasks.map((task) => task.timeoutMs));
    const lock = await takeLock(this.path, { timeoutMs, memory: this.memory });
    try {
      return await Promise.allSettled(tasks.map(({ work }) => work(lock)));
    } finally {
      lock.release();
    }
  }
}
