import { hostname, userInfo } from 'node:os';
import { sizeOf } from '../presentation/screen.js';
import type { Sink, Surroundings } from './context.js';
import type { Interrupt } from './errors.js';
import { ask } from './question.js';

/** The process that we are, as the program sees it; a second Ctrl-C shows impatience. */
export function surroundingsOfProcess(onImpatience: () => void): {
  readonly surroundings: Surroundings;
  readonly release: () => Promise<void>;
} {
  const interrupting = new AbortController();
  listenTo('SIGINT', 'SIGINT', interrupting, onImpatience);
  listenTo('SIGTERM', 'SIGTERM', interrupting, onImpatience);
  // The terminal is gone.
  listenTo('SIGHUP', 'SIGTERM', interrupting, onImpatience);
  const [stdout, stderr] = [sinkOf(process.stdout), sinkOf(process.stderr)];
  const surroundings: Surroundings = {
    env: process.env,
    cwd: process.cwd(),
    // Asked on stderr: stdout is for data.
    stdin: {
      isTTY: isTerminal(process.stdin),
      question: (text) => ask(text, process.stdin, process.stderr, interrupting.signal),
    },
    stdout,
    stderr,
    nowMs: () => Date.now(),
    user: userAtHost(),
    interrupted: interrupting.signal,
  };
  return { surroundings, release: () => flushed([process.stdout, process.stderr]) };
}

function listenTo(
  signal: NodeJS.Signals,
  meaning: Interrupt,
  interrupting: AbortController,
  onImpatience: () => void,
): void {
  process.on(signal, () => {
    if (interrupting.signal.aborted) onImpatience();
    else interrupting.abort(meaning);
  });
}

function sinkOf(stream: NodeJS.WriteStream): Sink {
  // Whoever reads us may have read enough (`headgate list | head -1`): that is no error.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    get isTTY() {
      return isTerminal(stream);
    },
    get columns() {
      return sizeOf(stream).columns;
    },
    get rows() {
      return sizeOf(stream).rows;
    },
    write: (text) => void stream.write(text),
    onResize: (listener) => {
      stream.on('resize', listener);
      return () => void stream.off('resize', listener);
    },
  };
}

/** A pipe has no such field, whatever its type says. */
function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true;
}

/** What is written to a pipe may not have left the process yet. */
async function flushed(streams: readonly NodeJS.WriteStream[]): Promise<void> {
  await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))));
}

function userAtHost(): string {
  return `${userName()}@${hostname()}`;
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'somebody');
  }
}
