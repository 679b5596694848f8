import { z } from 'zod';
import type { JsonAnswer, JsonClient } from '../http/json-client.js';
import { unlessAborted } from '../shared-look.js';

/** How a question is asked. */
export interface QuestionOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long it may wait for others to be asked together with it, in milliseconds. @default 0: those of this moment */
  readonly patienceMs?: number | undefined;
}

/** Asks a gateway for what stands at a path. */
export type AskPath = (path: string, options?: QuestionOptions) => Promise<JsonAnswer>;

/** So many go into one request; the gateway takes as many. */
const MOST_TOGETHER = 250;

/** A gateway of an earlier version is asked one by one, and so long later tried again. */
const ONE_BY_ONE_MS = 60_000;

const togetherSchema = z.object({ answers: z.array(z.object({ status: z.number(), body: z.unknown() })) });

interface Waiting {
  readonly path: string;
  readonly answered: (answer: Promise<JsonAnswer> | JsonAnswer) => void;
  readonly failed: (error: unknown) => void;
}

/** Asks in one request what is asked in one moment: a request costs far more than what is in it. */
export function shareQuestions(ask: JsonClient, base: string): AskPath {
  let waiting: Waiting[] = [];
  let isSending = false;
  let timer: NodeJS.Timeout | null = null;
  let oneByOneUntilMs = -Infinity;

  const askOne = (path: string): Promise<JsonAnswer> => ask({ url: `${base}${path}` });

  const send = (): void => {
    isSending = false;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += MOST_TOGETHER) {
      const some = all.slice(from, from + MOST_TOGETHER);
      if (some.length === 1 || performance.now() < oneByOneUntilMs) askEach(some);
      else void askTogether(some);
    }
  };

  const askEach = (some: readonly Waiting[]): void => {
    for (const { path, answered } of some) answered(askOne(path));
  };

  const askTogether = async (some: readonly Waiting[]): Promise<void> => {
    try {
      const questions = some.map(({ path }) => path);
      const { body, date } = await ask({ method: 'POST', url: `${base}/questions`, body: { questions } });
      const answers = togetherSchema.safeParse(body).data?.answers;
      if (answers?.length === some.length) {
        some.forEach(({ answered }, index) => {
          const { status = 0, body: own } = answers[index] ?? {};
          answered({ status, body: own, date });
        });
        return;
      }
      oneByOneUntilMs = performance.now() + ONE_BY_ONE_MS;
      askEach(some);
    } catch (error) {
      for (const { failed } of some) failed(error);
    }
  };

  return (path, { signal, patienceMs = 0 } = {}) => {
    signal?.throwIfAborted();
    const answer = new Promise<JsonAnswer>((answered, failed) => {
      waiting.push({ path, answered, failed });
    });
    if (patienceMs > 0) timer ??= setTimeout(send, patienceMs);
    else if (!isSending) {
      isSending = true;
      setImmediate(send);
    }
    return unlessAborted(answer, signal);
  };
}
