import { LONGEST_MS } from '../time-rules.js';
import type { PauseCommand } from './commands.js';
import { heldWords, type Held } from './holds.js';
import type { Refusal } from './refusal.js';

export interface Pause {
  readonly sinceMs: number;
  /** Resumes by itself then; `null` waits for a resume. */
  readonly untilMs: number | null;
  readonly by?: string;
  readonly reason?: string;
}

interface Pausable extends Held {
  readonly pause: Pause | null;
}

export function pauseOf({ durationMinutes, by, reason }: PauseCommand, atMs: number): Pause {
  return {
    sinceMs: atMs,
    untilMs: durationMinutes === undefined ? null : atMs + durationMinutes * 60_000,
    ...(by === undefined ? {} : { by }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Whether a pause that ends by itself has ended. */
export function isPauseOver({ pause }: Pick<Pausable, 'pause'>, atMs: number): boolean {
  return pause !== null && pause.untilMs !== null && pause.untilMs <= atMs;
}

export function pausedWords({ by, reason }: Pause): string {
  return `paused${by === undefined ? '' : ` by ${by}`}${reason === undefined ? '' : `: ${reason}`}`;
}

/** Why it cannot be paused. */
export function refusalOfPause(state: Pausable, { durationMinutes }: PauseCommand): Refusal | null {
  return state.pause === null
    ? invalidDuration(durationMinutes)
    : { code: 'PAUSED', message: `it is paused already${heldAsWell(state)}` };
}

/** Why it cannot be resumed. */
export function refusalOfResume({ pause, hold }: Pausable): Refusal | null {
  return pause === null && hold === null ? { code: 'NOT_PAUSED', message: 'it is neither paused nor held' } : null;
}

/** Why what goes forward must wait for a resume. */
export function refusalWhilePaused(state: Pausable): Refusal | null {
  return state.pause === null ? null : { code: 'PAUSED', message: `it is paused; resume it first${heldAsWell(state)}` };
}

function heldAsWell(state: Held): string {
  return state.hold === null ? '' : `; it is held as well: ${heldWords(state)}`;
}

function invalidDuration(minutes: number | undefined): Refusal | null {
  if (minutes === undefined || (Math.round(minutes * 60_000) > 0 && minutes * 60_000 <= LONGEST_MS)) return null;
  return {
    code: 'INVALID_COMMAND',
    message: `durationMinutes must be more than 0 and at most ${String(LONGEST_MS / 60_000)}, got ${String(minutes)}`,
  };
}
