import type { StatusBase } from '../domain/rollout/status.js';

/** One line of a rollout's record. */
export interface JournalEntry {
  /** Unique: an entry appended twice is kept once. */
  readonly id: string;
  readonly rolloutId: string;
  readonly service: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly kind: 'started' | 'decision' | 'command' | 'outcome' | 'break-glass';
  /** One sentence: what happened. */
  readonly what: string;
  readonly why?: string;
  /** Who: the identity that Temporal or the operating system recorded. */
  readonly identity?: string;
  /** Who, as the message itself claims. */
  readonly claimedBy?: string;
  /** The rollout as it stood; on every `outcome`, so that it stays readable after Temporal's retention. */
  readonly status?: StatusBase;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The lasting record: start, every decision, every command, the outcome. */
export interface Journal {
  /** Appends in order; durable when it returns. Appending an id again changes nothing. */
  append(entries: readonly JournalEntry[]): Promise<void>;
  /** Oldest first. */
  read(filter: JournalFilter): Promise<readonly JournalEntry[]>;
}

export interface JournalFilter {
  readonly service?: string;
  readonly rolloutId?: string;
  /** The newest `limit` entries. */
  readonly limit?: number;
}
