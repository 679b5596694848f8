import type { Paint } from '../presentation/paint.js';
import type { OutputFormat } from './output/format.js';
import type { Session } from './session.js';
import type { TextView } from './result.js';

/** A stream that the program writes to. */
export interface Sink {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
  /** Calls back whenever the size changes; returns how to stop that. */
  onResize(listener: () => void): () => void;
}

/** Where the program runs. Handed in, so that tests can be somewhere else. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: { readonly isTTY: boolean; question(text: string): Promise<string> };
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly nowMs: () => number;
  /** `user@host`. */
  readonly user: string;
  readonly timeZone?: string;
  /** Aborted with the name of the signal that arrived: `SIGINT` or `SIGTERM`. */
  readonly interrupted: AbortSignal;
}

/** What every command takes. */
export interface GlobalOptions {
  readonly output: OutputFormat;
  readonly color?: boolean;
  readonly address?: string;
  readonly namespace?: string;
  readonly profile?: string;
  readonly config?: string;
}

/** The global options as they were typed. */
export type RawOptions = Omit<GlobalOptions, 'output'> & { readonly output?: OutputFormat };

/** What a command works with. */
export interface Context extends Surroundings {
  readonly options: GlobalOptions;
  /** For stdout. */
  readonly paint: Paint;
  /** Who asks, unless told otherwise. */
  readonly actor: string;
  /** What is connected and configured, made when first asked for. */
  readonly session: Session;
  /** A line for the person who watches, on stderr. */
  progress(line: string): void;
  /** A document at once, while the command goes on: with `-o jsonl` only. */
  emit(document: object): void;
  readonly view: TextView;
}
