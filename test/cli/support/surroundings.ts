import type { Sink, Surroundings } from '../../../src/cli/context.js';
import type { Interrupt } from '../../../src/cli/errors.js';
import { COMMAND_KINDS } from '../../../src/cli/kinds.js';
import { run } from '../../../src/cli/run.js';
import type { Rollouts, Session } from '../../../src/cli/session.js';
import { STARTED_AT_MS } from './statuses.js';

export class CapturedSink implements Sink {
  text = '';
  isTTY = false;
  columns = 120;
  rows = 40;
  private listeners: (() => void)[] = [];

  write(text: string): void {
    this.text += text;
  }

  onResize(listener: () => void): () => void {
    this.listeners.push(listener);
    return () => void (this.listeners = this.listeners.filter((one) => one !== listener));
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    for (const listener of this.listeners) listener();
  }
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly rollouts?: Partial<Rollouts>;
  readonly session?: Partial<Session>;
  readonly stdout?: CapturedSink;
  readonly stderr?: CapturedSink;
  readonly nowMs?: () => number;
  readonly interrupting?: AbortController;
  readonly answer?: string;
}

/** Runs a command line in surroundings of its own, against rollouts that the test makes up. */
export async function runCli(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { stdout = new CapturedSink(), stderr = new CapturedSink() } = options;
  const surroundings: Surroundings = {
    env: options.env ?? {},
    cwd: options.cwd ?? '/nowhere',
    stdin: { isTTY: options.answer !== undefined, question: () => Promise.resolve(options.answer ?? '') },
    stdout,
    stderr,
    nowMs: options.nowMs ?? (() => STARTED_AT_MS),
    user: 'ada@laptop',
    timeZone: 'UTC',
    interrupted: (options.interrupting ?? new AbortController()).signal,
  };
  const code = await run(argv, surroundings, () => sessionOf(options));
  return { code, stdout: stdout.text, stderr: stderr.text };
}

function sessionOf({ rollouts, session }: RunOptions): Session {
  const missing = (what: string) => () => Promise.reject(new Error(`the test has no ${what}`));
  const incomplete = new Proxy(
    { getLine: () => Promise.resolve({ freeze: [], status: null }), ...rollouts },
    {
      get: (given, name) =>
        name in given ? (Reflect.get(given, name) as unknown) : name === 'then' ? undefined : missing(String(name)),
    },
  );
  return {
    config: missing('config'),
    client: missing('client'),
    monitor: missing('monitor'),
    ports: missing('ports'),
    kinds: () => Promise.resolve(COMMAND_KINDS),
    journal: missing('journal'),
    observations: missing('observations'),
    tolerateBadConfig: () => undefined,
    rollouts: () => Promise.resolve(incomplete as Rollouts),
    close: () => Promise.resolve(),
    ...session,
  };
}

export function interrupt(controller: AbortController, by: Interrupt): void {
  controller.abort(by);
}
