import { createInterface } from 'node:readline/promises';
import { InterruptedError } from './errors.js';

/**
 * Asks a person. Ctrl-D is no answer.
 *
 * @throws InterruptedError on Ctrl-C
 */
export async function ask(text: string, input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<string> {
  const reader = createInterface({ input, output });
  try {
    return await new Promise((resolve, reject) => {
      reader.once('SIGINT', () => reject(new InterruptedError('SIGINT', 'Nothing was done', [])));
      reader.once('close', () => resolve(''));
      reader.question(text).then(resolve, reject);
    });
  } finally {
    reader.close();
  }
}
