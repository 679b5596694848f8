import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteLimits } from '../../../ports/traffic-router.js';
import { withDeadline } from '../../http/deadline.js';
import { refuseLate } from '../../late.js';

/** Where the runtime API of an instance listens. */
export type RuntimeAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** How long commands are wanted, and what is looked at immediately before they are sent, with nothing awaited between. */
export interface AskLimits extends WriteLimits {
  /** Throws where they must not be sent any more. */
  readonly admit?: (() => void) | undefined;
}

interface Request extends AskLimits {
  readonly commands: readonly string[];
  readonly answered: (answer: string) => void;
  readonly failed: (reason: unknown) => void;
}

/** Far more than any answer that is asked for here; a stranger on the port may never stop talking. */
const LONGEST_ANSWER = 4 * 1024 * 1024;

/** HAProxy reads a line into a buffer of `tune.bufsize` bytes, 16,384 by default. */
const LONGEST_LINE = 4096;

/** HAProxy takes ten connections at a time unless it is told otherwise, and others ask it too. */
const MOST_CONNECTIONS = 4;

const TRY_AGAIN_MS = 2;

/**
 * The runtime API of one instance.
 *
 * What is asked while its connections are busy goes together over the next one: hundreds of rollbacks at once are a
 * handful of connections, where HAProxy would turn away all but ten. What one asks that fits into a line ends by itself, in
 * the mode that programs use; the answers to more than that are told apart by the prompt of the mode for people.
 */
export class RuntimeSocket {
  private waiting: Request[] = [];
  private connections = 0;

  constructor(
    private readonly address: RuntimeAddress,
    private readonly timeoutMs: number,
  ) {}

  /**
   * Everything that it says to the commands.
   *
   * @throws Error when no whole answer can be had in time, or when there is a connection only after the time is over.
   */
  ask(commands: readonly string[], { signal, notAfterMs, admit }: AskLimits = {}): Promise<string> {
    const strange = commands.find((command) => /[\r\n]/.test(command));
    if (strange !== undefined) throw new Error(`a runtime command is one line, not ${JSON.stringify(strange)}`);
    return withDeadline(
      this.timeoutMs,
      signal,
      (given) =>
        new Promise<string>((answered, failed) => {
          const request = { commands, signal: given, notAfterMs, admit, answered, failed };
          given.addEventListener('abort', () => failed(given.reason as Error), { once: true });
          this.waiting.push(request);
          // What is asked in the same moment goes together from the beginning.
          queueMicrotask(() => this.begin());
        }),
    );
  }

  private begin(): void {
    if (this.connections >= MOST_CONNECTIONS || this.waiting.length === 0) return;
    const requests = this.waiting;
    this.waiting = [];
    this.connections += 1;
    void this.converse(requests).finally(() => {
      this.connections -= 1;
      this.begin();
    });
  }

  /** Never rejects: who asked is told. */
  private async converse(requests: readonly Request[]): Promise<void> {
    try {
      await withDeadline(this.timeoutMs, undefined, async (given) => {
        const socket = await this.connected(given);
        try {
          await tellAndListen(socket, requests.filter(isStillWanted));
        } finally {
          socket.destroy();
        }
      });
    } catch (error) {
      for (const { failed } of requests) failed(error);
    }
  }

  private async connected(signal: AbortSignal): Promise<Socket> {
    for (;;) {
      const socket = connect({ ...this.address, signal });
      try {
        await once(socket, 'connect');
        return socket;
      } catch (error) {
        socket.destroy();
        if (!isBusy(error)) throw error;
        await sleep(TRY_AGAIN_MS, undefined, { signal });
      }
    }
  }
}

/** Asked when there is a connection: what is written before is sent whenever it comes about. */
function isStillWanted({ signal, notAfterMs, admit, failed }: Request): boolean {
  try {
    signal?.throwIfAborted();
    refuseLate(notAfterMs);
    admit?.();
    return true;
  } catch (error) {
    failed(error);
    return false;
  }
}

async function tellAndListen(socket: Socket, requests: readonly Request[]): Promise<void> {
  const commands = requests.flatMap((request) => request.commands);
  if (commands.length === 0) return;
  const line = commands.join(';');
  const isOneLine = requests.length === 1 && line.length <= LONGEST_LINE;
  socket.write(isOneLine ? `${line}\n` : ['prompt', ...commands, 'quit', ''].join('\n'));
  const answer = await wholeAnswer(socket);
  // The first is the one to `prompt`. Of one who does not know prompts no answer could be told from another.
  const [, ...answers] = answer.split(/^> /m);
  const areApart = !isOneLine && answers.length >= commands.length;
  let next = 0;
  for (const request of requests) {
    const own = answers.slice(next, (next += request.commands.length));
    request.answered(areApart ? own.join('') : answer);
  }
}

async function wholeAnswer(socket: Socket): Promise<string> {
  socket.setEncoding('utf8');
  let answer = '';
  for await (const part of socket) {
    answer += String(part);
    if (answer.length > LONGEST_ANSWER) throw new Error('the answer does not end: this is no HAProxy');
  }
  if (answer === '') throw new Error('it hung up without an answer');
  // Every answer of the runtime API ends its line, before which the prompt may stand; `set map` says only that.
  if (!/\n(?:> )?$/.test(answer)) throw new Error(`the answer broke off: ${JSON.stringify(answer.slice(-80))}`);
  return answer;
}

/** A socket of this machine says so, instead of letting who comes wait. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
