import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultAction } from '../schedule/schedule.js';
import type { ChaosWorld } from '../world/world.js';
import type { Recorder } from './recorder.js';

/** Brings faults about and ends them again. */
export class Disturbing {
  private readonly lifting = new AbortController();
  /** What a fault is at work on, so that two never fight over one process. */
  private readonly taken = new Map<string, Promise<void>>();

  constructor(
    private readonly world: ChaosWorld,
    private readonly recorder: Recorder,
  ) {}

  /** From its beginning to its end; nothing when something else is at work there. */
  async disturb(fault: FaultAction): Promise<void> {
    const target = targetOf(fault);
    if (this.taken.has(target) || this.lifting.signal.aborted) return;
    const work = this.carryOut(fault);
    this.taken.set(target, work);
    try {
      await work;
    } finally {
      this.taken.delete(target);
    }
  }

  /** Ends every fault now, and begins no other; until all is as it should be. */
  async lift(): Promise<void> {
    this.lifting.abort();
    await Promise.all(this.taken.values());
  }

  private async carryOut(fault: FaultAction): Promise<void> {
    const { world } = this;
    switch (fault.do) {
      case 'killWorker': {
        const worker = world.workers[fault.worker];
        if (worker === undefined) return;
        await this.during(
          fault,
          worker.pid(),
          () => worker.kill(),
          () => worker.start(),
        );
        return;
      }
      case 'stopWorker': {
        const worker = world.workers[fault.worker];
        if (worker === undefined) return;
        const stop = (): Promise<void> => worker.stop();
        await this.during(fault, worker.pid(), stop, () => worker.start());
        return;
      }
      case 'freezeWorker': {
        const pid = world.workers[fault.worker]?.pid();
        if (pid !== undefined)
          await this.during(
            fault,
            pid,
            () => send(pid, 'SIGSTOP'),
            () => send(pid, 'SIGCONT'),
          );
        return;
      }
      case 'cutWorker': {
        const { worker } = fault;
        const set = (temporal: 'cut' | 'open') => (): Promise<void> => world.relay({ worker, temporal });
        await this.during(fault, world.workers[worker]?.pid(), set('cut'), set('open'));
        return;
      }
      case 'killTemporal':
        await this.during(
          fault,
          undefined,
          () => world.temporal.kill(),
          () => world.temporal.start(),
        );
        return;
      case 'freezeTemporal': {
        const pid = world.temporal.pid();
        await this.during(
          fault,
          undefined,
          () => send(pid, 'SIGSTOP'),
          () => send(pid, 'SIGCONT'),
        );
        return;
      }
      case 'disturb': {
        const { worker, what, how } = fault;
        const pid = world.workers[worker]?.pid();
        await this.during(
          fault,
          pid,
          () => world.relay({ worker, what, how }),
          () => world.relay({ worker, what, how: null }),
        );
        return;
      }
      case 'takeJournal':
        await this.during(
          fault,
          undefined,
          () => world.journal.takeAway(),
          () => world.journal.giveBack(),
        );
        return;
    }
  }

  private async during(
    fault: FaultAction,
    pid: number | undefined,
    begin: () => Promise<void>,
    end: () => Promise<void>,
  ): Promise<void> {
    const isOver = this.recorder.faultBegins(fault, pid);
    await begin();
    await sleep(fault.forMs, undefined, { signal: this.lifting.signal }).catch(() => undefined);
    await end();
    isOver();
  }
}

function targetOf(fault: FaultAction): string {
  switch (fault.do) {
    case 'killWorker':
    case 'stopWorker':
    case 'freezeWorker':
      return `worker ${String(fault.worker)}`;
    case 'cutWorker':
      return `network of ${String(fault.worker)}`;
    case 'killTemporal':
    case 'freezeTemporal':
      return 'temporal';
    case 'disturb':
      return `${fault.what} of ${String(fault.worker)}`;
    case 'takeJournal':
      return 'journal';
  }
}

/** A process that has gone meanwhile is nobody's fault. */
async function send(pid: number, signal: NodeJS.Signals): Promise<void> {
  try {
    process.kill(pid, signal);
  } catch {
    await Promise.resolve();
  }
}
