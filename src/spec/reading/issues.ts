import type { z } from 'zod';
import type { Refusal } from '../units/read.js';
import { quote, type Flaw } from './flaw.js';
import { HIDDEN_SECRET, INLINE_SECRET } from '../secret.js';
import { valueAt, type Path } from './path.js';
import { KNOWN_KEYS_SEPARATOR } from './schema.js';
import { nearest, suggestion } from './similar.js';

type Issue = z.core.$ZodIssue;

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: 'a map of keys and values',
  record: 'a map of keys and values',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** Where one text alone is a list of one. */
const LISTS_OF_TEXT: readonly unknown[] = ['endpoints', 'instances'];

const YES: readonly unknown[] = ['yes', 'on', 'y', 1];
const NO: readonly unknown[] = ['no', 'off', 'n', 0];

/** What zod found, in words for a person. `input` is what it looked at. */
export function flawsOf(issues: readonly Issue[], input: unknown): Flaw[] {
  return issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    const meant = issue.code === 'invalid_union' ? branchMeant(issue) : undefined;
    if (meant !== undefined)
      return flawsOf(
        meant.map((one) => ({ ...one, path: [...issue.path, ...one.path] })),
        input,
      );
    return issue.code === 'unrecognized_keys' ? unknownKeys(issue, path) : [flawOf(issue, path, valueAt(input, path))];
  });
}

/** Of a text or a map, what is wrong within the map that was written; `undefined` where it is neither. */
function branchMeant(issue: z.core.$ZodIssueInvalidUnion): readonly Issue[] | undefined {
  const isWithin = ({ path, code }: Issue): boolean => path.length > 0 || code === 'unrecognized_keys';
  return issue.errors.find((found) => found.length > 0 && found.every(isWithin));
}

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, path: Path): Flaw[] {
  const known = issue.message.split(KNOWN_KEYS_SEPARATOR);
  return issue.keys.map((key) => ({
    rule: 'keys.unknown',
    path: [...path, key],
    message: `There is no key "${key}" here`,
    remedy: suggestion(key, known),
    onKey: true,
  }));
}

function flawOf(issue: Issue, path: Path, given: unknown): Flaw {
  if (given === undefined) return missing(issue, path);
  const got = quote(given);
  switch (issue.code) {
    case 'invalid_type':
      return { rule: 'type', path, message: `This must be ${typeWords(issue)}`, got, remedy: typeRemedy(issue, given) };
    case 'invalid_value':
      return notAChoice(issue.values.map(String), path, given);
    case 'invalid_union':
      return 'options' in issue
        ? notAChoice(issue.options.map(String), path, given)
        : { rule: 'type', path, message: issue.message, got };
    case 'custom':
      return withoutSecret({ ...refusalIn(issue), path, got });
    case 'too_small':
      if (issue.origin === 'array') return tooFew(issue, path);
      return { rule: 'range', path, message: 'This is too small', expected: `at least ${String(issue.minimum)}`, got };
    case 'too_big':
      return { rule: 'range', path, message: 'This is too large', expected: `at most ${String(issue.maximum)}`, got };
    case 'invalid_key':
      return nameFlaw(issue.issues, path);
    case 'invalid_format':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return { rule: 'format', path, message: issue.message, got };
  }
}

/** What stands where a reference should may be the secret itself. */
function withoutSecret(flaw: Flaw): Flaw {
  return flaw.rule === INLINE_SECRET ? { ...flaw, got: HIDDEN_SECRET } : flaw;
}

function tooFew({ minimum }: z.core.$ZodIssueTooSmall, path: Path): Flaw {
  return {
    rule: 'range',
    path,
    message: 'This list is too short',
    expected: `at least ${String(minimum)} in it`,
    got: 'fewer',
  };
}

function missing(issue: Issue, path: Path): Flaw {
  const name = String(path.at(-1) ?? 'the document');
  return { rule: 'required', path, message: `"${name}" is missing`, expected: expectedBy(issue), got: 'nothing' };
}

function expectedBy(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords(issue);
    case 'invalid_value':
      return choices(issue.values.map(String));
    case 'custom':
      return refusalIn(issue).expected;
    case 'invalid_union':
      return 'options' in issue ? choices(issue.options.map(String)) : undefined;
    case 'too_small':
    case 'too_big':
    case 'invalid_key':
    case 'invalid_format':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return undefined;
  }
}

function notAChoice(options: readonly string[], path: Path, given: unknown): Flaw {
  const meant = typeof given === 'string' ? nearest(given, options) : undefined;
  return {
    rule: 'value.unknown',
    path,
    message: 'This is not one of the choices',
    expected: choices(options),
    got: quote(given),
    remedy: meant === undefined ? undefined : `Did you mean ${meant}?`,
  };
}

function nameFlaw(issues: readonly Issue[], path: Path): Flaw {
  const refusal = issues.find((issue) => issue.code === 'custom');
  const words = refusal === undefined ? { rule: 'name', message: issues[0]?.message ?? '' } : refusalIn(refusal);
  return { ...words, path, got: quote(path.at(-1)), onKey: true };
}

function refusalIn(issue: z.core.$ZodIssueCustom): Partial<Refusal> & Pick<Refusal, 'rule' | 'message'> {
  const { rule, expected, remedy } = (issue.params ?? {}) as Partial<Refusal>;
  return {
    rule: rule ?? 'value',
    message: issue.message,
    ...(expected === undefined ? {} : { expected }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

function typeWords(issue: z.core.$ZodIssueInvalidType): string {
  return TYPE_WORDS[issue.expected] ?? issue.expected;
}

function typeRemedy(issue: z.core.$ZodIssueInvalidType, given: unknown): string | undefined {
  if (issue.expected === 'boolean' && YES.includes(given)) return 'Write true';
  if (issue.expected === 'boolean' && NO.includes(given)) return 'Write false';
  if (issue.expected === 'object' && given === true && issue.path.at(-1) === 'approval')
    return 'Write {} to take every default';
  if (given === null) return 'Give it a value, or leave it out';
  if (issue.expected === 'string' && typeof given === 'number') return `Put it in quotes: "${String(given)}"`;
  if (issue.expected === 'array' && typeof given === 'string' && LISTS_OF_TEXT.includes(issue.path.at(-1)))
    return `Write [${given}]`;
  return undefined;
}

/** `a`, `a or b`, `a, b or c`. */
function choices(options: readonly string[]): string {
  const last = options.at(-1) ?? '';
  return options.length < 2 ? last : `${options.slice(0, -1).join(', ')} or ${last}`;
}
