import { createInterface } from 'node:readline/promises';
import { InterruptedError, type Interrupt } from './errors.js';

/**
 * Asks a person. Ctrl-D is no answer.
 *
 * @throws InterruptedError on Ctrl-C, also before it was asked, and when `interrupted` fires.
 */
export async function ask(
  text: string,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  interrupted: AbortSignal,
): Promise<string> {
  const reader = createInterface({ input, output });
  try {
    return await new Promise((resolve, reject) => {
      const leave = (by: Interrupt): void => reject(new InterruptedError(by, 'Nothing was done', []));
      reader.once('SIGINT', () => leave('SIGINT'));
      reader.once('close', () => resolve(''));
      interrupted.addEventListener('abort', () => leave(interrupted.reason as Interrupt));
      if (interrupted.aborted) leave(interrupted.reason as Interrupt);
      else reader.question(text).then(resolve, reject);
    });
  } finally {
    reader.close();
  }
}
