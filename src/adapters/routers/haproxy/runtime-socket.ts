import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { WriteLimits } from '../../../ports/traffic-router.js';
import { withDeadline } from '../../http/deadline.js';
import { refuseLate } from '../../late.js';

/** Where the runtime API of an instance listens. */
export type RuntimeAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** Far more than any answer that is asked for here; a stranger on the port may never stop talking. */
const LONGEST_ANSWER = 4 * 1024 * 1024;

/**
 * One line to the runtime API, and everything that it says before it hangs up.
 *
 * A connection per line: the API closes after each in the mode that programs use, and a line can never be taken for the
 * rest of another.
 *
 * @throws Error when no whole answer can be had in time, or when there is a connection only after the time is over.
 */
export function askRuntime(
  address: RuntimeAddress,
  line: string,
  timeoutMs: number,
  { signal, notAfterMs }: WriteLimits = {},
): Promise<string> {
  if (/[\r\n]/.test(line)) throw new Error(`a runtime command is one line, not ${JSON.stringify(line)}`);
  return withDeadline(timeoutMs, signal, async (given) => {
    const socket = connect({ ...address, signal: given });
    try {
      // What is written before is sent whenever the connection comes about.
      await once(socket, 'connect');
      refuseLate(notAfterMs);
      socket.write(`${line}\n`);
      return await wholeAnswer(socket);
    } finally {
      socket.destroy();
    }
  });
}

async function wholeAnswer(socket: Socket): Promise<string> {
  socket.setEncoding('utf8');
  let answer = '';
  for await (const part of socket) {
    answer += String(part);
    if (answer.length > LONGEST_ANSWER) throw new Error('the answer does not end: this is no HAProxy');
  }
  if (answer === '') throw new Error('it hung up without an answer');
  // Every answer of the runtime API ends its line; `set map` says only that.
  if (!answer.endsWith('\n')) throw new Error(`the answer broke off: ${JSON.stringify(answer.slice(-80))}`);
  return answer;
}
