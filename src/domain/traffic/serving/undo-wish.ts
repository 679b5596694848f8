/** What somebody wants who wants back what served before. */
export interface UndoWish {
  /** The backend that shall serve again. Absent: the one that did before. */
  readonly to?: string;
  /** At once: without probes, gates and metrics. Never without a look at what the backend holds. */
  readonly now?: boolean;
  readonly reason?: string;
}
