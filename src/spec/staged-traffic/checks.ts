import { COUNTED_METRICS, isCountedMetric, type Check } from '../../domain/analysis/plan.js';
import { problemsOfQuestion, type Question } from '../../domain/stages/query-rules.js';
import { quote, type Flaw } from '../reading/flaw.js';
import { formatPath, type Path } from '../reading/path.js';
import { nearest, suggestion } from '../reading/similar.js';
import { definedOnly } from '../defined-only.js';
import { readBound, readIncrease } from '../units/bound.js';
import type { Read } from '../units/read.js';
import { checksFor, type ReadCheck } from './check-kinds.js';
import type { CheckDraft } from './draft.js';
import { flawsOfTemplate, normalizeTemplate } from './template.js';

export interface BuiltChecks {
  readonly checks: readonly Check[];
  /** Where each stands in what was written, by its path in the plan. */
  readonly origins: ReadonlyMap<string, Path>;
  readonly flaws: readonly Flaw[];
}

/** Checks as written, as the domain knows them; those that cannot be read are left out and named in `flaws`. */
export function buildChecks(drafts: readonly CheckDraft[], hasVersion: boolean): BuiltChecks {
  const checks: Check[] = [];
  const origins = new Map<string, Path>();
  const flaws: Flaw[] = [];
  for (const draft of drafts) {
    const read = readCheck(draft, hasVersion);
    flaws.push(...read.flaws);
    for (const check of read.check === undefined ? [] : checksFor(read.check)) {
      origins.set(formatPath(['analysis', 'checks', checks.length]), draft.path);
      checks.push(check);
    }
  }
  return { checks, origins, flaws };
}

function readCheck(draft: CheckDraft, hasVersion: boolean): { check?: ReadCheck; flaws: Flaw[] } {
  const subject = flawsOfSubject(draft);
  const metric = draft.metric ?? draft.name;
  if (subject.length > 0 || metric === undefined) return { flaws: subject };
  const { path, limits, minRequests, source } = draft;
  const query = draft.query === undefined ? undefined : normalizeTemplate(draft.query);
  const flaws = flawsOfQuestion({ name: metric, query, source }, path);
  // What its bounds may be depends on what it measures.
  if (flaws.some(({ rule }) => rule === 'checks.query')) return { flaws };
  if (query !== undefined) flaws.push(...flawsOfTemplate(query, [...path, 'query'], hasVersion));
  const bound = (key: 'max' | 'min' | 'maxIncrease', read: (given: unknown) => Read<number>): number | undefined => {
    if (draft[key] === undefined) return undefined;
    const result = read(draft[key]);
    if ('value' in result) return result.value;
    flaws.push({ ...result.refused, path: [...path, key], got: quote(draft[key]) });
    return undefined;
  };
  const max = bound('max', (value) => readBound(metric, value));
  const min = bound('min', (value) => readBound(metric, value));
  const maxIncrease = bound('maxIncrease', readIncrease);
  flaws.push(...limitsWithoutBounds(draft));
  if (flaws.length > 0) return { flaws };
  return {
    check: { metric, limits, ...definedOnly({ query, source, max, min, maxIncrease, minRequests }) },
    flaws,
  };
}

/** What the domain says of the query and of its source, in the words of a file. */
function flawsOfQuestion(question: Question, path: Path): Flaw[] {
  const meant = nearest(question.name, COUNTED_METRICS);
  return problemsOfQuestion(question, '').map((problem) => ({
    ...problem,
    path: [...path, problem.path],
    ...(problem.rule === 'checks.query' && meant !== undefined ? { remedy: `Did you mean the metric ${meant}?` } : {}),
  }));
}

/** What is measured: a counted metric by its name, or a query under a name of its own. */
function flawsOfSubject({ path, metric, name, query }: CheckDraft): Flaw[] {
  if (metric !== undefined && name !== undefined)
    return [twoSources(path, 'name', name, 'A metric has its name already')];
  if (metric !== undefined) return flawsOfMetric(path, metric, query);
  if (name === undefined && query !== undefined)
    return [
      {
        rule: 'required',
        path: [...path, 'name'],
        message: 'What is the value of this query called?',
        expected: 'name: beside the query',
        got: 'nothing',
      },
    ];
  if (name === undefined)
    return [
      {
        rule: 'required',
        path: [...path, 'metric'],
        message: 'What does this check look at?',
        expected: `metric: one of ${COUNTED_METRICS.join(', ')}; or name: and query:`,
        got: 'neither',
      },
    ];
  if (!isCountedMetric(name)) return [];
  if (query !== undefined)
    return [twoSources(path, 'name', name, `${name} is counted already; a query needs another name`)];
  return [
    {
      rule: 'checks.query',
      path: [...path, 'query'],
      message: `Where does the value "${name}" come from?`,
      expected: "query: in the metric source's language",
      got: 'nothing',
      remedy: `Write metric: ${name}`,
    },
  ];
}

function flawsOfMetric(path: Path, metric: string, query: string | undefined): Flaw[] {
  if (isCountedMetric(metric)) return [];
  const named = query === undefined ? suggestion(metric, COUNTED_METRICS) : `Write name: ${metric} beside the query`;
  return [
    {
      rule: 'checks.metric',
      path: [...path, 'metric'],
      message: 'This is not a metric that Headgate counts',
      expected: `${COUNTED_METRICS.join(', ')}; or name: and query:`,
      got: quote(metric),
      remedy: named,
    },
  ];
}

function twoSources(path: Path, key: string, got: string, message: string): Flaw {
  return { rule: 'checks.source', path: [...path, key], message, expected: 'one source per check', got: quote(got) };
}

/** Limits count the measurements of `max` and `min`; a comparison with the baseline has none. */
function limitsWithoutBounds({ path, max, min, maxIncrease, limits }: CheckDraft): Flaw[] {
  const written = Object.keys(definedOnly(limits));
  if (max !== undefined || min !== undefined || maxIncrease === undefined || written.length === 0) return [];
  return [
    {
      rule: 'checks.limits',
      path,
      message: `${written.join(', ')} count measurements of max or min, and this check only compares with the baseline`,
      expected: 'max or min beside them',
      got: 'maxIncrease alone',
    },
  ];
}
