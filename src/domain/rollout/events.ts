import type { AlarmCause } from './alarms.js';
import type { Commanded } from './commands.js';
import type { HookChange } from './hook-changes.js';
import type { Undo } from './undo.js';

/** What an event has, whatever kind of rollout it happens to. */
export interface AnyEvent {
  readonly type: string;
  readonly atMs: number;
}

/** What can happen to a rollout of any kind. */
export type RolloutEvent =
  | ({ readonly type: 'commanded' } & Commanded)
  /** What has arrived counts now, by the precedence of the kind. */
  | { readonly type: 'proceeded'; readonly atMs: number }
  | { readonly type: 'alarmed'; readonly cause: AlarmCause; readonly alarm: string | null; readonly atMs: number }
  /** Headgate itself is broken, here: stop and undo. */
  | { readonly type: 'faulted'; readonly reason: string; readonly atMs: number }
  /** A step is about to be taken that this takes back. */
  | { readonly type: 'undoPlanned'; readonly undo: Undo; readonly atMs: number }
  | { readonly type: 'undoBegan'; readonly atMs: number }
  /** The newest undo is done. */
  | { readonly type: 'undoDone'; readonly atMs: number }
  /** Everything is undone. */
  | { readonly type: 'undone'; readonly atMs: number }
  /** Something about its hooks. */
  | { readonly type: 'hooked'; readonly change: HookChange; readonly atMs: number }
  | { readonly type: 'journaled'; readonly upTo: number; readonly atMs: number };
