import { isObject } from '../reading/combinators.js';
import { cut, oneLine } from '../text.js';

/** What a hook says, explicitly. Everything else (silence, an error, what cannot be read) is none of these. */
export type HookAnswer = Said<'yes'> | Reasoned<'no'> | Reasoned<'notYet'>;

/** What has become of a question in the end: `unknown` when no answer came by its deadline. */
export type HookReport = Said<'yes'> | Reasoned<'no'> | Reasoned<'unknown'>;

interface Said<A extends string> {
  readonly answer: A;
  /** What it wrote besides, shortened and without secrets. Absent: nothing. */
  readonly output?: string;
}

interface Reasoned<A extends string> extends Said<A> {
  readonly reason: string;
}

/** By which a command answers: the others say nothing. */
const EXIT_CODES = { yes: 0, no: 10, notYet: 75 } as const;

/** So much of what a hook says is kept. */
const LONGEST_OUTPUT = 1000;

/** Reads what a webhook answers: `{ "answer": "yes" | "no" | "notYet", "reason": "…" }`. `null`: that is no answer. */
export function readAnswer(body: unknown): HookAnswer | null {
  if (!isObject(body)) return null;
  const { answer, reason } = body;
  const why = typeof reason === 'string' && reason !== '' ? shortened(reason) : undefined;
  if (answer === 'yes') return why === undefined ? { answer } : { answer, output: why };
  if (answer !== 'no' && answer !== 'notYet') return null;
  return { answer, reason: why ?? 'it gave no reason' };
}

/** Reads how a command ended; `null`: that is no answer. */
export function answerOfExit(code: number | null, output: string): HookAnswer | null {
  const said = shortened(output);
  const besides = said === '' ? {} : { output: said };
  const reason = lastLine(output) || 'it gave no reason';
  if (code === EXIT_CODES.yes) return { answer: 'yes', ...besides };
  if (code === EXIT_CODES.no) return { answer: 'no', reason, ...besides };
  return code === EXIT_CODES.notYet ? { answer: 'notYet', reason, ...besides } : null;
}

/** Commands say last why they end. */
export function lastLine(output: string): string {
  return shortened(output.trimEnd().split('\n').at(-1) ?? '');
}

/** As much of what a hook says as is kept, on one line. */
function shortened(said: string): string {
  return cut(oneLine(said), LONGEST_OUTPUT);
}
