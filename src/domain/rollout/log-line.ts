/** One line of what happened, numbered from 1. */
export interface LogLine {
  readonly number: number;
  readonly atMs: number;
  readonly kind: 'started' | 'decision' | 'command' | 'outcome';
  /** The whole of it: what somebody gave as a reason included. */
  readonly what: string;
  readonly by?: string;
  readonly why?: string;
  /** For a command: the message it came as, so that its sender can be looked up. */
  readonly message?: {
    readonly channel: 'signal' | 'update';
    readonly name: string;
    readonly ordinal: number;
    /** The run of the workflow that it came to: ordinals are counted in each anew. */
    readonly runId: string;
  };
  /** It stands for so many lines that are lost. */
  readonly lost?: number;
}
