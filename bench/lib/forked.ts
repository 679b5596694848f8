import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A part of the benchmark in a process of its own, which ends when ours does. */
export interface Forked<Ready> {
  readonly pid: number;
  readonly ready: Ready;
  /** When it said that it was ready, on the clock of `performance.now()`. */
  readonly readyAtMs: number;
  /** Resolves when the part has done what it was told. */
  tell(message: object): Promise<void>;
  /** Hears what the part says unasked: {@link partSays}. */
  hear(listener: (said: unknown) => void): void;
  kill(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;

/** Starts `module` and waits for its first message; `environment` comes on top of this process's. */
export async function forkPart<Ready>(
  module: URL,
  config: object,
  environment: Readonly<Record<string, string>> = {},
): Promise<Forked<Ready>> {
  const child = fork(fileURLToPath(module), [JSON.stringify(config)], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const ready = await firstMessage<Ready>(child, module);
  return {
    pid: child.pid ?? 0,
    ready,
    readyAtMs: performance.now(),
    async tell(message) {
      const done = untilDone(child);
      child.send(message);
      await done;
    },
    hear(listener) {
      child.on('message', (message) => {
        if (isSaid(message)) listener(message.said);
      });
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function untilDone(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const listener = (message: unknown): void => {
      if (isSaid(message)) return;
      child.off('message', listener);
      resolve();
    };
    child.on('message', listener);
  });
}

function isSaid(message: unknown): message is { readonly said: unknown } {
  return typeof message === 'object' && message !== null && 'said' in message;
}

async function firstMessage<Ready>(child: ChildProcess, module: URL): Promise<Ready> {
  const waiting = new AbortController();
  const timeout = setTimeout(() => {
    child.kill('SIGKILL');
  }, READY_WITHIN_MS);
  try {
    const told = once(child, 'message', { signal: waiting.signal }) as Promise<[Ready]>;
    const died = once(child, 'exit', { signal: waiting.signal }).then(() => null);
    const first = await Promise.race([told, died]);
    if (first === null) throw new Error(`${module.pathname} ended before it was ready`);
    return first[0];
  } finally {
    clearTimeout(timeout);
    waiting.abort();
  }
}

/** For the part itself: what it was started with. It ends when its parent does. */
export function partConfig(): unknown {
  process.on('disconnect', () => process.exit(0));
  return JSON.parse(process.argv[2] ?? '{}') as unknown;
}

export function partReady(ready: object): void {
  process.send?.(ready);
}

/** Does what it is told, and says so. */
export function partHears(act: (message: unknown) => void): void {
  process.on('message', (message) => {
    act(message);
    process.send?.({ done: true });
  });
}

/** Says something that nobody asked for. */
export function partSays(said: unknown): void {
  process.send?.({ said });
}
