import { setTimeout as sleep } from 'node:timers/promises';

/** A program that can be started again. */
export interface Keepable {
  readonly pid: number;
  /** Resolves, never rejects, with how it ended. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface KeepOptions<Kind extends Keepable> {
  readonly first: Kind;
  /** Starts another one; `signal` calls it off. */
  readonly startAgain: (signal: AbortSignal) => Promise<Kind>;
  /** How many starts may fail in a row before it is given up. Default: any number. */
  readonly mostFailures?: number;
  /** Hears how it ended by itself. */
  readonly onEnd?: (how: string) => void;
  readonly onRestart?: (how: string, program: Kind) => void;
  /** Hears why a start failed, and when the next is made; `null` when it is given up. */
  readonly onFailure?: (error: unknown, nextInMs: number | null) => void;
}

/** A program that is started again whenever it ends by itself. */
export interface Kept<Kind extends Keepable> {
  current(): Kind;
  /** Resolves with the last failure when it is given up. */
  readonly givenUp: Promise<unknown>;
  /** Ends it for good. */
  stop(): Promise<void>;
  /** Starts it no more, and lets it run. */
  leave(): Promise<void>;
}

/** Before the first start, the second in a row, and so on. */
const PAUSES_MS = [100, 500, 1000, 2000, 4000, 8000] as const;
const LONGEST_PAUSE_MS = 8000;

/** One that ran so long has not ended for want of something that it needs to run. */
const STEADY_MS = 10_000;

export function keepRunning<Kind extends Keepable>(options: KeepOptions<Kind>): Kept<Kind> {
  const { startAgain, mostFailures = Infinity, onEnd, onRestart, onFailure } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let current = options.first;
  let giveUp: (error: unknown) => void = () => undefined;
  const givenUp = new Promise((resolve) => (giveUp = resolve));

  /** `null` when it was called off or given up. */
  async function another(quickEnds: number): Promise<Kind | null> {
    for (let failures = 0; ;) {
      await pause(pauseMs(quickEnds + failures), signal);
      if (signal.aborted) return null;
      try {
        return await startAgain(signal);
      } catch (error) {
        if (isAborted(signal)) return null;
        failures += 1;
        const isOver = failures >= mostFailures;
        onFailure?.(error, isOver ? null : pauseMs(quickEnds + failures));
        if (!isOver) continue;
        giveUp(error);
        return null;
      }
    }
  }

  async function keep(): Promise<void> {
    for (let quickEnds = 0; ;) {
      const startedAtMs = performance.now();
      const how = await endOf(current, signal);
      if (how === null) return;
      onEnd?.(how);
      quickEnds = performance.now() - startedAtMs < STEADY_MS ? quickEnds + 1 : 0;
      const next = await another(quickEnds);
      if (next === null) return;
      current = next;
      if (isAborted(signal)) return;
      onRestart?.(how, current);
    }
  }
  const keeping = keep();

  return {
    current: () => current,
    givenUp,
    async stop() {
      stopping.abort();
      await keeping;
      await current.stop();
    },
    async leave() {
      stopping.abort();
      await keeping;
    },
  };
}

function pauseMs(tries: number): number {
  return PAUSES_MS[tries] ?? LONGEST_PAUSE_MS;
}

/** A signal changes while something else is waited for, which the compiler does not see. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function endOf({ ended }: Keepable, signal: AbortSignal): Promise<string | null> {
  if (signal.aborted) return null;
  let forget = (): void => undefined;
  const aborted = new Promise<null>((resolve) => {
    const listener = (): void => resolve(null);
    signal.addEventListener('abort', listener, { once: true });
    forget = () => signal.removeEventListener('abort', listener);
  });
  try {
    return await Promise.race([ended, aborted]);
  } finally {
    forget();
  }
}

async function pause(forMs: number, signal: AbortSignal): Promise<void> {
  await sleep(forMs, undefined, { signal }).catch(() => undefined);
}
