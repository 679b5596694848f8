import { isCountedMetric, type Check } from '../analysis/plan.js';
import type { Problem } from '../errors.js';
import { fieldPath, quoted } from '../reading/problems.js';
import type { StagesPlan } from './plan.js';

/** What a check measures, and where its value comes from. */
export interface Question {
  /** A counted metric, or the name of a value that a query answers. */
  readonly name: string;
  readonly query?: string | undefined;
  readonly source?: string | undefined;
}

/**
 * Every check of a rollout must be measured: one that nothing measures never fails, and guards nothing.
 *
 * A rule of rollouts, not of analysis: recorded intervals bring their values along.
 */
export function problemsOfQueries({ analysis }: Pick<StagesPlan, 'analysis'>): Problem[] {
  return analysis.checks.flatMap((check, index) => problemsOfSubject(check, `analysis.checks[${index}]`));
}

function problemsOfSubject(check: Check, path: string): Problem[] {
  switch (check.kind) {
    case 'threshold':
      return problemsOfQuestion({ ...check, name: check.metric }, path);
    case 'custom':
      return isCountedMetric(check.name) ? [countedName(check.name, path)] : problemsOfQuestion(check, path);
    case 'sequential':
    case 'baseline':
      // Only shares of requests may be judged from evidence, and those are counted.
      return [];
  }
}

/** A counted metric has its value from traffic, everything else from a query; a source answers a query. */
export function problemsOfQuestion({ name, query, source }: Question, path: string): Problem[] {
  const at = fieldPath(path, 'query');
  if (query !== undefined && isCountedMetric(name))
    return [
      {
        rule: 'checks.source',
        path: at,
        message: `${name} is counted from traffic, and a query would be a second answer`,
        expected: 'one source per check',
        got: quoted(query),
      },
    ];
  const withoutQuery = query === undefined && source !== undefined ? [sourceAlone(source, path)] : [];
  if (isCountedMetric(name)) return withoutQuery;
  if (query === undefined)
    return [
      {
        rule: 'checks.query',
        path: at,
        message: `Where does the value ${quoted(name)} come from?`,
        expected: "query: in the metric source's language",
        got: 'nothing',
      },
      ...withoutQuery,
    ];
  if (query.trim() !== '') return [];
  return [
    {
      rule: 'query.empty',
      path: at,
      message: 'This query asks nothing',
      expected: "a query in the metric source's language",
      got: quoted(query),
    },
  ];
}

function countedName(name: string, path: string): Problem {
  return {
    rule: 'checks.source',
    path: fieldPath(path, 'name'),
    message: `${name} is counted already; a query needs another name`,
    expected: 'one source per check',
    got: quoted(name),
    remedy: `Use kind: threshold with metric: ${name}, or name the value otherwise`,
  };
}

function sourceAlone(source: string, path: string): Problem {
  return {
    rule: 'checks.source',
    path: fieldPath(path, 'source'),
    message: 'A source answers a query, and this check has none',
    expected: 'query: beside it',
    got: quoted(source),
    remedy: "Counted metrics come from the service's metrics: in headgate.yaml",
  };
}
