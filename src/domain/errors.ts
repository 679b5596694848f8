import { formatCounted } from './analysis/format.js';
import { LONGEST } from './rollout/bounds.js';
import { cut, printable } from './text.js';

/** What every error of Headgate carries, so that a refusal can help. */
export interface ErrorFacts {
  /** What was expected, in words. */
  readonly expected?: string | undefined;
  /** What was given instead. */
  readonly got?: string | undefined;
  /** What to do about it. */
  readonly remedy?: string | undefined;
  /** Commands to type next, most likely first. */
  readonly next?: readonly string[] | undefined;
  readonly cause?: unknown;
}

/**
 * Base of every error that Headgate throws on purpose.
 *
 * `code` is stable: programs may branch on it. `message` is written for a person.
 */
export class HeadgateError extends Error {
  readonly code: string;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly remedy: string | undefined;
  readonly next: readonly string[];

  constructor(code: string, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.code = code;
    this.expected = facts.expected;
    this.got = facts.got;
    this.remedy = facts.remedy;
    this.next = facts.next ?? [];
  }
}

/** A place in a file that a person wrote. */
export interface SourcePosition {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** One thing that is wrong with what a person wrote. */
export interface Problem {
  /** Stable id of the rule, e.g. `stages.rise`. */
  readonly rule: string;
  /** Where, as a path: `stages[2].traffic`. */
  readonly path: string;
  /** The other places that it is about, as paths. */
  readonly also?: readonly string[];
  readonly message: string;
  readonly expected?: string;
  readonly got?: string;
  readonly remedy?: string;
  /** Where in which file, when it was read from one. */
  readonly at?: SourcePosition;
}

/**
 * Thrown when a specification, a plan or a configuration is refused.
 *
 * Carries every problem at once.
 */
export class InvalidSpecError extends HeadgateError {
  readonly problems: readonly Problem[];

  constructor(what: string, problems: readonly Problem[]) {
    super(
      'INVALID_SPEC',
      `${what}: ${formatCounted(problems.length, 'problem')}\n${problems.map(describeProblem).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** What is wrong, what was expected, what came and what to do, without its place. */
export function problemWords({
  message,
  expected,
  got,
  remedy,
}: Pick<Problem, 'message' | 'expected' | 'got' | 'remedy'>): string {
  const expectation = expected === undefined ? '' : `; expected ${expected}`;
  return `${message}${expectation}${got === undefined ? '' : `, got ${got}`}${remedy === undefined ? '' : `. ${remedy}`}`;
}

/** One problem as a line that a person can act on. */
export function describeProblem(problem: Problem): string {
  const place = [...(problem.at === undefined ? [] : [formatPosition(problem.at)]), problem.path]
    .filter((part) => part !== '')
    .join(' ');
  return `  ${place === '' ? '' : `${place}: `}${problemWords(problem)} (${problem.rule})`;
}

/** As compilers and editors write it: `checkout.yaml:8:5`. */
export function formatPosition({ file, line, column }: SourcePosition): string {
  return `${file}:${String(line)}:${String(column)}`;
}

/** What a program or a server said may be a whole page: this much of it goes into messages and records. */
function excerpt(said: string): string {
  return cut(printable(said), LONGEST.finding);
}

/**
 * Thrown by an adapter that cannot know: its program is away, too slow, or answers nonsense.
 *
 * It means *unknown*, never *bad*: the caller holds and retries.
 */
export class AdapterUnavailableError extends HeadgateError {
  /** The message without the adapter's name. */
  readonly detail: string;

  constructor(adapter: string, message: string, facts: ErrorFacts = {}) {
    const { got } = facts;
    const detail = excerpt(message);
    super('ADAPTER_UNAVAILABLE', `${adapter}: ${detail}`, {
      ...facts,
      got: got === undefined ? undefined : excerpt(got),
    });
    this.detail = detail;
  }
}

/** What kept one instance from doing what a change for one service says. */
export interface ChangeNotMade {
  readonly service: string;
  readonly instance: string;
  /** One sentence. */
  readonly reason: string;
}

/**
 * Thrown by a router that was told of many services, where not every change was made on every instance.
 *
 * The text is for people, and is cut when it is long; `notMade` names every service and instance.
 */
export class ChangesNotMadeError extends AdapterUnavailableError {
  readonly notMade: readonly ChangeNotMade[];

  constructor(adapter: string, message: string, notMade: readonly ChangeNotMade[]) {
    const lines = notMade.map(({ service, instance, reason }) => `${service} on ${instance}: ${reason}`);
    super(adapter, message, { got: lines.join('; ') });
    this.notMade = notMade.map((one) => ({ ...one, reason: excerpt(one.reason) }));
  }
}

/**
 * Thrown by a router whose instances do as they were told, but would forget it when they start again.
 *
 * The traffic has moved. What is missing is that it stays so, and that counts as not done: after a rollback nobody
 * watches any more who a restart would send back to the candidate.
 */
export class WeightsNotLastingError extends AdapterUnavailableError {}

/**
 * Thrown by a router when a write is outdated: an instance bears another fence than the write may replace.
 *
 * Nothing was changed there. Who decides reads what is there now, and decides anew.
 */
export class StaleFenceError extends AdapterUnavailableError {
  /** @param greatestFence the greatest fence that was met */
  constructor(
    adapter: string,
    message: string,
    readonly greatestFence: number,
    facts: ErrorFacts = {},
  ) {
    super(adapter, message, facts);
  }
}
