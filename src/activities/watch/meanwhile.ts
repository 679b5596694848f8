import { setTimeout as sleep } from 'node:timers/promises';

/** Something that wants its time, however long anything else takes. */
interface Aside<Found> {
  /** When it is due next, epoch milliseconds. */
  readonly dueMs: () => number;
  readonly look: () => Promise<Found | null>;
}

/** Waits for what `work` finds, and looks aside whenever that is due; what is found first counts. */
export async function meanwhile<Found>(work: Promise<Found | null>, aside: Aside<Found>): Promise<Found | null> {
  const done = work.then((found) => ({ found }));
  // Where something is found aside nobody waits for it any more.
  done.catch(() => undefined);
  for (;;) {
    const timer = new AbortController();
    const due = sleep(Math.max(1, aside.dueMs() - Date.now()), null, { signal: timer.signal, ref: false });
    const ended = await Promise.race([done, due]).finally(() => {
      due.catch(() => undefined);
      timer.abort();
    });
    if (ended !== null) return ended.found;
    const found = await aside.look();
    if (found !== null) return found;
  }
}
