/**
 * Who writes weights. A write and its author are told apart by the fence that they leave beside the weights.
 *
 * `guard` and the others are stronger than a `workflow` of the same sequence: what they wrote stays until the workflow
 * decides anew.
 */
export const WRITERS = ['workflow', 'guard', 'stopTheLine', 'breakGlass'] as const;

export type Writer = (typeof WRITERS)[number];

const WRITERS_IN_WORDS: Readonly<Record<Writer, string>> = {
  workflow: 'another decision of a rollout',
  guard: 'the guard of another stage',
  stopTheLine: 'a stop of everything',
  breakGlass: 'headgate break-glass',
};

/** How many numbers a sequence has; room for writers to come. */
const NUMBERS_PER_SEQUENCE = 8;

/** What an instance bears that no fence was ever written to, or whose weights somebody changed who knows of none. */
export const NO_FENCE = 0;

/**
 * The fence of the next decision, greater than every one that was seen.
 *
 * A fence is `sequence × 8 + writer`. One sequence per service rises for ever: every decision takes its fence before it is
 * carried out, so that whatever was decided earlier, and arrives late, is recognised by its smaller number.
 */
export function nextFence(greatestSeen: number, writer: Writer = 'workflow'): number {
  return (sequenceOf(greatestSeen) + 1) * NUMBERS_PER_SEQUENCE + WRITERS.indexOf(writer);
}

/** The fence by which a guard undoes the stage that bears `stageFence`: of the same decision, told apart by its writer. */
export function guardFenceOf(stageFence: number): number {
  return sequenceOf(stageFence) * NUMBERS_PER_SEQUENCE + WRITERS.indexOf('guard');
}

/** Who wrote it; `null` for {@link NO_FENCE} and for what no known writer leaves. */
export function writerOf(fence: number): Writer | null {
  return fence === NO_FENCE ? null : (WRITERS[fence % NUMBERS_PER_SEQUENCE] ?? null);
}

/** Who wrote what somebody else did not expect, in words that fit behind "by". */
export function authorOf(fence: number): string {
  const writer = writerOf(fence);
  return writer === null ? 'somebody unknown' : WRITERS_IN_WORDS[writer];
}

/** More decisions than any service sees. What is greater was typed by somebody, and would leave no number for the next one. */
const GREATEST_FENCE = 2 ** 50;

/** Whether `value` can be a fence, or {@link NO_FENCE}. */
export function isFence(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= NO_FENCE && Number(value) <= GREATEST_FENCE;
}

/**
 * Whether `borne` is what a stop of everything has left where it found `fence`, or where the write with `fence` has found it:
 * such a stop keeps the weights of a service that rests.
 */
export function isStopAfter(fence: number, borne: number): boolean {
  const later = sequenceOf(borne) - sequenceOf(fence);
  return writerOf(borne) === 'stopTheLine' && (later === 0 || later === 1);
}

function sequenceOf(fence: number): number {
  return Math.floor(fence / NUMBERS_PER_SEQUENCE);
}

/** A write as an instance of the data plane decides about it. */
export interface FencedWrite {
  /** What stands beside the weights from then on. */
  readonly fence: number;
  /**
   * It applies only where the instance bears this, or one of these. Absent: it applies unless the instance bears a greater
   * fence than its own.
   */
  readonly onlyIfFence?: number | readonly number[] | undefined;
}

/**
 * What becomes of a write at an instance that bears `borne`: it is made (`apply`), nothing is left to do (`done`), or it is
 * outdated and changes nothing (`stale`).
 *
 * Equal weights alone prove nothing: a rollout that is retried has the same 5 %. A conditional write is done only where it
 * finds its own fence beside them, that is when it was made before.
 *
 * @param isWanted whether the instance has the weights already
 */
export function fateOfWrite(
  { fence, onlyIfFence }: FencedWrite,
  borne: number,
  isWanted: boolean,
): 'apply' | 'done' | 'stale' {
  if (onlyIfFence === undefined) {
    if (borne <= fence) return 'apply';
    return isWanted ? 'done' : 'stale';
  }
  if (borne === fence) return isWanted ? 'done' : 'stale';
  return [onlyIfFence].flat().includes(borne) ? 'apply' : 'stale';
}
