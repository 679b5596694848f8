import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchObserver } from '../../ports/rollout-observer.js';
import type { WatchEnd, WatchInput } from '../contracts.js';
import type { StageWatch, WatchMemory } from '../watch/stage-watch.js';
import { nextTickMs } from '../watch/tick.js';
import type { StageUndo } from './stage-undo.js';

/** How often the picture is renewed, at most; checks are applied every monitoring interval. */
const LONGEST_TICK_MS = 5000;

/** A moment's trouble of the guard itself is tried away in silence. */
const QUIET_MS = 15_000;

/** The rollout hears after so long that another worker guards it, at random in between: hundreds are taken over together. */
const TAKEN_OVER_AFTER_MS = { least: 2000, most: 12_000 } as const;

/** What a guard needs. */
export interface GuardLoopOptions {
  readonly input: WatchInput;
  readonly watch: StageWatch;
  readonly undo: StageUndo;
  readonly heard: WatchObserver;
  /** Another worker has begun it, and may guard on. */
  readonly takesOver?: boolean;
}

/** Looks at one stage until something is wrong, acts upon it, and knows what it found for whoever asks. */
export class GuardLoop {
  readonly rolloutId: string;
  /** What it found; never, when there was nothing left to guard. */
  readonly found: Promise<WatchEnd>;
  /** It looks no more. */
  readonly over: Promise<void>;
  /** When the look began that is under way, on the clock that nobody sets; `null` between two. */
  lookingSinceMs: number | null = null;
  /** How often somebody began to attend to it. */
  attendances = 0;
  private onLook: (memory: WatchMemory) => void = () => undefined;
  private readonly released = new AbortController();
  private readonly tickMs: number;
  private blindSinceMs: number | null = null;
  private readonly takenOverAtMs: number;
  private isKnownUnguarded: boolean;

  constructor(private readonly options: GuardLoopOptions) {
    const { input } = options;
    this.rolloutId = input.rolloutId;
    this.tickMs = Math.min(input.monitoringIntervalMs, LONGEST_TICK_MS);
    this.isKnownUnguarded = input.known.unguarded === true;
    const { least, most } = TAKEN_OVER_AFTER_MS;
    const takenOverAfterMs = options.takesOver === true ? least + Math.random() * (most - least) : Infinity;
    this.takenOverAtMs = Date.now() + takenOverAfterMs;
    let find: (end: WatchEnd) => void = () => undefined;
    this.found = new Promise((resolve) => {
      find = resolve;
    });
    this.over = this.run(find).finally(() => {
      options.heard.ended();
    });
  }

  get memory(): WatchMemory {
    return this.options.watch.memory;
  }

  get isReleased(): boolean {
    return this.released.signal.aborted;
  }

  /** From now on `onLook` is told of every look, and who was told before is not. Answers with what ends that. */
  attend(onLook: (memory: WatchMemory) => void): () => void {
    this.attendances += 1;
    this.onLook = onLook;
    return () => {
      if (this.onLook === onLook) this.onLook = () => undefined;
    };
  }

  /** Nothing is left to guard. */
  release(): void {
    this.released.abort();
  }

  private async run(find: (end: WatchEnd) => void): Promise<void> {
    const { input, undo, watch } = this.options;
    const { signal } = this.released;
    while (!signal.aborted) {
      const lookedAtMs = Date.now();
      const end = await this.look(lookedAtMs);
      if (this.isReleased) return;
      if (end !== null) {
        const acted = end.kind === 'breach' ? await undo.act(end, signal) : end;
        this.tell();
        find(acted);
        // What could not be told to an instance is tried on until the rollout's own undo takes over.
        await undo.finish(signal);
        return;
      }
      this.tell();
      // On the edges of intervals, so that a breach is seen as soon as its interval is over.
      const nextMs = Math.min(nextTickMs(input.startedAtMs, this.tickMs, lookedAtMs), watch.nextLookMs);
      const pauseMs = Math.max(1, nextMs - Date.now());
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private tell(): void {
    const { memory } = this;
    this.options.heard.saw(memory.picture);
    this.onLook(memory);
  }

  /** A fault of the guard's own making is no breach: it is tried on, and people are told when it stays. */
  private async look(nowMs: number): Promise<WatchEnd | null> {
    this.lookingSinceMs = performance.now();
    try {
      const end = await this.options.watch.look(nowMs, this.released.signal);
      this.blindSinceMs = null;
      if (end === null && this.isKnownUnguarded) return { kind: 'guarding' };
      return end === null && nowMs >= this.takenOverAtMs ? { kind: 'takenOver' } : end;
    } catch (error) {
      this.blindSinceMs ??= nowMs;
      if (this.isKnownUnguarded || nowMs - this.blindSinceMs < QUIET_MS) return null;
      return { kind: 'blind', reason: error instanceof Error ? error.message : String(error) };
    } finally {
      this.lookingSinceMs = null;
    }
  }
}
