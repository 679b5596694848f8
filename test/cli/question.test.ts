import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { ask } from '../../src/cli/question.js';

/** What becomes of a question at a terminal on which this is typed. */
function asked(typed: string, interrupting = new AbortController()): Promise<string> {
  const [input, output] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY: true })];
  const answer = ask('Sure? ', input, output, interrupting.signal);
  input.write(typed);
  return answer;
}

test('what is typed is the answer', async () => {
  expect(await asked('yes\r')).toBe('yes');
});

test('Ctrl-D is no answer', async () => {
  expect(await asked('\u0004')).toBe('');
});

test('Ctrl-C interrupts, and is no error of ours', async () => {
  await expect(asked('\u0003')).rejects.toMatchObject({ code: 'INTERRUPTED', interrupt: 'SIGINT' });
});

test('what ends the program ends the question, also when it came before', async () => {
  const [late, early] = [new AbortController(), new AbortController()];
  early.abort('SIGINT');
  await expect(asked('yes\r', early)).rejects.toMatchObject({ interrupt: 'SIGINT' });
  const answer = asked('', late);
  late.abort('SIGTERM');
  await expect(answer).rejects.toMatchObject({ interrupt: 'SIGTERM' });
});
