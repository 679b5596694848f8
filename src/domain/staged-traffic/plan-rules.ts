import { problemsOfAnalysisPlan } from '../analysis/plan-rules.js';
import { formatCount } from '../analysis/format.js';
import type { Problem } from '../errors.js';
import { object, type Rule } from '../reading/combinators.js';
import { quoted } from '../reading/problems.js';
import { read } from '../reading/reader.js';
import { bytesOfJson } from '../text.js';
import { LONGEST_INTERVAL_MS, problemsOfTime } from '../time-rules.js';
import { LONGEST, MOST_PLAN_BYTES } from '../rollout/bounds.js';
import { problemsOfEvidence } from '../stages/evidence-rules.js';
import { problemsOfHealth } from '../health/health-rules.js';
import { PLAN_FIELDS, type PlainPlan } from './plan-fields.js';
import { problemsOfQueries } from '../stages/query-rules.js';
import { problemsOfService } from '../rollout/service-name.js';
import { problemsOfPolicy } from '../stages/rollback-policy.js';
import { problemsOfStages } from '../stages/stage-rules.js';

/** What a shell, a template engine or a CI system should have filled in. */
const NOT_FILLED_IN = /\$\{|\{\{|\$\(/;

/** Shorter ones would only ask more often than anything can answer. */
const SHORTEST_INTERVAL_MS = 1;

/** What makes sense of what a plan is made of. */
export const PLAN_RULES: readonly Rule<PlainPlan>[] = [
  { about: ['service'], problems: ({ service }) => problemsOfService(service) },
  { about: ['version'], problems: ({ version }) => problemsOfVersion(version) },
  { about: ['stages'], problems: ({ stages }) => problemsOfStages(stages) },
  { about: ['analysis'], problems: ({ analysis }) => problemsOfAnalysisPlan(analysis, 'analysis') },
  { about: ['analysis'], problems: problemsOfQueries },
  { about: ['stages', 'analysis'], problems: problemsOfEvidence },
  {
    about: ['rollbackPolicy'],
    problems: ({ rollbackPolicy: policy }) => (policy === undefined ? [] : problemsOfPolicy(policy, 'rollbackPolicy')),
  },
  { about: ['health'], problems: ({ health }) => (health === undefined ? [] : problemsOfHealth(health)) },
  { about: ['monitoringIntervalMs'], problems: ({ monitoringIntervalMs }) => problemsOfInterval(monitoringIntervalMs) },
  { about: ['onUnknown'], problems: ({ onUnknown }) => problemsOfTime('onUnknown.deadlineMs', onUnknown.deadlineMs) },
  { about: ['analysis'], problems: problemsOfSize },
];

/** Reads a plan that may be anything, with every rule: what it yields without a problem may start. */
export const readPlan = object<PlainPlan>(PLAN_FIELDS, { rules: PLAN_RULES });

/** Everything that is wrong with a plan, all at once; empty when it may start. */
export function problemsOfPlan(plan: PlainPlan): readonly Problem[] {
  return read(readPlan, plan).problems;
}

function problemsOfVersion(version: string | undefined): Problem[] {
  if (version === undefined) return [];
  const isLine = /^\S(.*\S)?$/.test(version) && version.length <= LONGEST.name;
  if (isLine && !NOT_FILLED_IN.test(version)) return [];
  return [
    {
      rule: 'version.name',
      path: 'version',
      message: 'This cannot be the name of a version',
      expected: `some text on one line, at most ${LONGEST.name} characters, with everything filled in`,
      got: quoted(version),
      ...(isLine ? { remedy: 'Nothing is filled in here: leave it out, and say --version' } : {}),
    },
  ];
}

function problemsOfInterval(ms: number): Problem[] {
  const path = 'monitoringIntervalMs';
  if (ms <= 0 || ms >= SHORTEST_INTERVAL_MS) return problemsOfTime(path, ms, LONGEST_INTERVAL_MS);
  return [
    {
      rule: 'duration.short',
      path,
      message: 'Nothing can be asked so often',
      expected: 'at least 1ms',
      got: `${ms} ms`,
    },
  ];
}

/** All that can make a plan large are its checks. */
function problemsOfSize(plan: PlainPlan): Problem[] {
  const bytes = bytesOfJson(plan);
  if (bytes <= MOST_PLAN_BYTES) return [];
  return [
    {
      rule: 'plan.size',
      path: 'analysis.checks',
      message: 'The plan is too large',
      expected: `at most ${formatCount(MOST_PLAN_BYTES)} bytes as JSON`,
      got: formatCount(bytes),
      remedy: 'Shorten the queries: let the metric source compute them under names of their own',
    },
  ];
}
