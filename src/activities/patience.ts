import { sleep } from '@temporalio/activity';
import { AdapterUnavailableError } from '../domain/errors.js';

/** One lost packet says nothing about a program. */
const ATTEMPTS = 3;

const BETWEEN_ATTEMPTS_MS = 300;

/** Asks up to three times; the first answer that satisfies counts, else the last one. */
export async function patiently<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask();
    if (satisfies(answer) || attempt === ATTEMPTS) return answer;
    await sleep(BETWEEN_ATTEMPTS_MS);
  }
}

/** Asks an adapter up to three times while it cannot know. @throws AdapterUnavailableError of the last try */
export async function askPatiently<T>(ask: () => Promise<T>): Promise<T> {
  const answer = await patiently(
    () => attempt(ask),
    ({ unavailable }) => unavailable === null,
  );
  if (answer.unavailable !== null) throw answer.unavailable;
  return answer.value;
}

type Attempt<T> = { readonly unavailable: null; readonly value: T } | { readonly unavailable: AdapterUnavailableError };

async function attempt<T>(ask: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { unavailable: null, value: await ask() };
  } catch (error) {
    if (error instanceof AdapterUnavailableError) return { unavailable: error };
    throw error;
  }
}
