import { formatPosition, HeadgateError, InvalidSpecError, type Problem } from '../domain/errors.js';
import { exitCodeOf, type Exit } from './exit-codes.js';
import { exitOfError, grpcCodeOf } from './exit-of-error.js';
import type { ErrorFields, Finding } from './output/documents.js';
import type { Paint } from '../presentation/paint.js';

/** What to type when the error itself does not know. */
const FALLBACKS: Readonly<Partial<Record<Exit, readonly string[]>>> = {
  unexpected: ['headgate doctor'],
  notFound: ['headgate list'],
  notAllowed: ['headgate doctor'],
  conflict: ['headgate list'],
  unreachable: ['headgate doctor'],
};

/** An error as programs read it. */
export function describeError(error: unknown): ErrorFields {
  const reason = exitOfError(error);
  const facts = error instanceof HeadgateError ? error : null;
  const next = facts === null || facts.next.length === 0 ? (FALLBACKS[reason] ?? []) : facts.next;
  return {
    code: facts?.code ?? CODES[reason] ?? 'UNEXPECTED',
    reason,
    exitCode: exitCodeOf(reason),
    message: messageOf(error),
    expected: facts?.expected ?? null,
    got: facts?.got ?? null,
    hint: facts?.remedy ?? HINTS[reason] ?? null,
    next,
    problems: error instanceof InvalidSpecError ? error.problems.map(findingOf) : [],
  };
}

/** For errors that are not our own: their class is all that is known. */
const CODES: Readonly<Partial<Record<Exit, string>>> = {
  unreachable: 'SERVER_UNREACHABLE',
  notAllowed: 'NOT_ALLOWED',
  notFound: 'NOT_FOUND',
};

const HINTS: Readonly<Partial<Record<Exit, string>>> = {
  unreachable: 'Whether something happened is not known: look at the status once the server is back',
  notAllowed:
    'Check the API key, the certificate and the namespace (TEMPORAL_API_KEY, TEMPORAL_TLS_*, TEMPORAL_NAMESPACE)',
};

/** The innermost message says most: the outer ones of the gRPC client say that something failed. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof HeadgateError || grpcCodeOf(error) === null) return error.message;
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

export function findingOf(problem: Problem): Finding {
  return {
    rule: problem.rule,
    path: problem.path,
    message: problem.message,
    expected: problem.expected ?? null,
    got: problem.got ?? null,
    remedy: problem.remedy ?? null,
    at: problem.at === undefined ? null : formatPosition(problem.at),
  };
}

/** An error for people: what happened, what was expected, what to do, what to type. */
export function errorLines(error: unknown, paint: Paint): string[] {
  const { code, message, expected, got, hint, next, problems } = describeError(error);
  const [first = '', ...rest] = message.split('\n');
  const expectation = [
    expected === null ? '' : `expected ${expected}`,
    got === null || problems.length > 0 ? '' : `got ${got}`,
  ].filter((words) => words !== '');
  return [
    `${paint.bad(`✖ ${code}`)}  ${first}`,
    ...rest.map((line) => `  ${line}`),
    ...(expectation.length === 0 ? [] : [`  ${expectation.join(', ')}`]),
    ...(hint === null ? [] : [`  ${hint}`]),
    ...next.map((command) => `    ${command}`),
  ];
}
