import { describe, expect, test } from 'vitest';
import { shareQuestions } from '../../../src/adapters/gateway/shared-questions.js';
import type { JsonAnswer, JsonRequest } from '../../../src/adapters/http/json-client.js';

const BASE = 'http://gateway';

/** A gateway that answers every path with itself. */
function gateway({ knowsQuestions = true } = {}): {
  readonly asked: JsonRequest[];
  readonly ask: (request: JsonRequest) => Promise<JsonAnswer>;
} {
  const asked: JsonRequest[] = [];
  return {
    asked,
    ask: (request) => {
      asked.push(request);
      const questions = (request.body as { readonly questions: readonly string[] } | undefined)?.questions;
      if (questions === undefined) return Promise.resolve({ status: 200, body: pathOf(request), date: null });
      if (!knowsQuestions) return Promise.resolve({ status: 404, body: { code: 'NOT_FOUND' }, date: null });
      const answers = questions.map((path) => ({ status: path.includes('nobody') ? 404 : 200, body: path }));
      return Promise.resolve({ status: 200, body: { answers }, date: null });
    },
  };
}

function pathOf({ url }: JsonRequest): string {
  return url.slice(BASE.length);
}

describe('questions to a gateway', () => {
  test('what is asked in one moment is one request, and each gets its own answer', async () => {
    const { asked, ask } = gateway();
    const askPath = shareQuestions(ask, BASE);
    const answers = await Promise.all(['/a', '/nobody', '/c'].map((path) => askPath(path)));
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, '/a'],
      [404, '/nobody'],
      [200, '/c'],
    ]);
    expect(asked.map(({ method, url }) => [method, url])).toEqual([['POST', `${BASE}/questions`]]);
  });

  test('one alone is asked as before', async () => {
    const { asked, ask } = gateway();
    expect((await shareQuestions(ask, BASE)('/a')).body).toBe('/a');
    expect(asked.map(({ url }) => url)).toEqual([`${BASE}/a`]);
  });

  test('a patient question goes with the next that is in a hurry', async () => {
    const { asked, ask } = gateway();
    const askPath = shareQuestions(ask, BASE);
    const patient = askPath('/patient', { patienceMs: 60_000 });
    expect((await askPath('/hurried')).body).toBe('/hurried');
    expect((await patient).body).toBe('/patient');
    expect(asked).toHaveLength(1);
  });

  test('hundreds are asked in as many requests as needed, in order', async () => {
    const { asked, ask } = gateway();
    const askPath = shareQuestions(ask, BASE);
    const paths = Array.from({ length: 600 }, (_, index) => `/${String(index)}`);
    const answers = await Promise.all(paths.map((path) => askPath(path)));
    expect(answers.map(({ body }) => body)).toEqual(paths);
    expect(asked).toHaveLength(3);
  });

  test('a gateway of an earlier version is asked one by one', async () => {
    const { asked, ask } = gateway({ knowsQuestions: false });
    const askPath = shareQuestions(ask, BASE);
    for (const paths of [
      ['/a', '/b'],
      ['/c', '/d'],
    ]) {
      const answers = await Promise.all(paths.map((path) => askPath(path)));
      expect(answers.map(({ body }) => body)).toEqual(paths);
    }
    expect(asked.map(pathOf)).toEqual(['/questions', '/a', '/b', '/c', '/d']);
  });

  test('who gives up is not kept, and the others get their answers', async () => {
    const { ask } = gateway();
    const askPath = shareQuestions(ask, BASE);
    const giving = new AbortController();
    const given = askPath('/a', { signal: giving.signal });
    const kept = askPath('/b');
    giving.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    expect((await kept).body).toBe('/b');
  });

  test('where nobody answers, each hears why', async () => {
    const askPath = shareQuestions(() => Promise.reject(new Error('connection refused')), BASE);
    const answers = await Promise.allSettled(['/a', '/b'].map((path) => askPath(path)));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
