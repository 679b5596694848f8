import { problemsOfAnalysisPlan } from '../../domain/analysis/plan-rules.js';
import { InvalidSpecError, type Problem } from '../../domain/errors.js';
import { OBSERVATIONS_VERSION, type ObservationLine } from '../../domain/observations/line.js';
import { problemOf } from '../reading/flaw.js';
import { flawsOf } from '../reading/issues.js';
import { linesGiven } from './given.js';
import { observationLineSchema, type WrittenLine } from './schema.js';

/** More would tell nobody anything. */
const MOST_PROBLEMS = 50;

/**
 * Reads a file of observations, one JSON document a line: docs/backtest.md.
 *
 * @param name the file's, for messages, and for a rollout that has no other
 * @throws InvalidSpecError with every problem of the file (the first fifty), each with its line.
 */
export function readObservations(text: string, name: string): readonly ObservationLine[] {
  const problems: Problem[] = [];
  const written: WrittenLine[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = readLine(line);
    if ('line' in read) written.push(read.line);
    else
      problems.push(
        ...read.problems.map((problem) => ({ ...problem, at: { file: name, line: index + 1, column: 1 } })),
      );
  }
  if (problems.length === 0 && written.length === 0)
    problems.push({ ...EMPTY, at: { file: name, line: 1, column: 1 } });
  if (problems.length > MOST_PROBLEMS) {
    const more = {
      rule: 'observations.more',
      path: '',
      message: `${String(problems.length - MOST_PROBLEMS)} more problems`,
    };
    throw new InvalidSpecError(`${name} is refused`, [...problems.slice(0, MOST_PROBLEMS), more]);
  }
  if (problems.length > 0) throw new InvalidSpecError(`${name} is refused`, problems);
  return linesGiven(written, name);
}

const EMPTY: Problem = {
  rule: 'observations.empty',
  path: '',
  message: 'There is nothing in this file',
  expected: `lines such as {"v":${String(OBSERVATIONS_VERSION)},"kind":"interval","startMs":0,"endMs":10000,"candidate":{"requests":100,"errors":1}}`,
  got: 'nothing',
};

function readLine(text: string): { readonly line: WrittenLine } | { readonly problems: readonly Problem[] } {
  const parsed = parse(text);
  if ('problem' in parsed) return { problems: [parsed.problem] };
  const read = observationLineSchema.safeParse(parsed.value);
  if (!read.success) return { problems: flawsOf(read.error.issues, parsed.value).map((flaw) => problemOf(flaw)) };
  const line = read.data;
  if (line.kind !== 'reading' || line.plan === undefined) return { line };
  const problems = problemsOfAnalysisPlan(line.plan, 'plan');
  return problems.length > 0 ? { problems } : { line };
}

function parse(text: string): { readonly value: unknown } | { readonly problem: Problem } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return {
      problem: {
        rule: 'json',
        path: '',
        message: error instanceof Error ? error.message : String(error),
        expected: 'one JSON document a line',
        remedy: 'Take the line out if its writer was killed in the middle of it',
      },
    };
  }
}
