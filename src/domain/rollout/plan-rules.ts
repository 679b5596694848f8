import { problemsOfAnalysisPlan } from '../analysis/plan-rules.js';
import { spellDuration } from '../duration.js';
import type { Problem } from '../errors.js';
import { problemsOfEvidence } from './evidence-rules.js';
import type { CanaryPlan, StagePlan } from './plan.js';
import { toParts } from '../percent.js';
import { LONGEST_INTERVAL_MS, tooLong } from '../time-rules.js';
import { problemsOfPolicy } from './rollback-policy.js';

/** Service names end up in workflow ids, file names and metric labels. */
const SERVICE_NAME = /^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?$/i;

const MAX_STAGES = 50;

const MAX_VERSION_LENGTH = 200;

const MAX_QUOTE = 60;

/** What a shell, a template engine or a CI system should have filled in. */
const NOT_FILLED_IN = /\$\{|\{\{|\$\(/;

/** Everything that is wrong with a plan, all at once; empty when it may start. */
export function problemsOfPlan(plan: CanaryPlan): Problem[] {
  return [
    ...problemsOfService(plan.service),
    ...problemsOfVersion(plan.version),
    ...problemsOfStages(plan.stages),
    ...problemsOfAnalysisPlan(plan.analysis, 'analysis'),
    ...problemsOfEvidence(plan),
    ...(plan.rollbackPolicy === undefined ? [] : problemsOfPolicy(plan.rollbackPolicy, 'rollbackPolicy')),
    ...problemsOfHealth(plan),
    ...problemsOfTime('monitoringIntervalMs', plan.monitoringIntervalMs, LONGEST_INTERVAL_MS),
    ...problemsOfTime('onUnknown.deadlineMs', plan.onUnknown.deadlineMs),
  ];
}

/** What is wrong with the name of a service. */
export function problemsOfService(service: string): Problem[] {
  if (SERVICE_NAME.test(service)) return [];
  return [
    {
      rule: 'service.name',
      path: 'service',
      message: 'This cannot be the name of a service',
      expected: 'letters, digits, "-", "_" and ".", at most 100',
      got: JSON.stringify(shortened(service)),
    },
  ];
}

/** A message is no place for a whole document. */
function shortened(text: string): string {
  return text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text;
}

function problemsOfVersion(version: string | undefined): Problem[] {
  if (version === undefined) return [];
  const isLine = /^\S(.*\S)?$/.test(version) && version.length <= MAX_VERSION_LENGTH;
  if (isLine && !NOT_FILLED_IN.test(version)) return [];
  return [
    {
      rule: 'version.name',
      path: 'version',
      message: 'This cannot be the name of a version',
      expected: `some text on one line, at most ${MAX_VERSION_LENGTH} characters, with everything filled in`,
      got: JSON.stringify(shortened(version)),
      ...(isLine ? { remedy: 'Nothing is filled in here: leave it out, and say --version' } : {}),
    },
  ];
}

function problemsOfStages(stages: readonly StagePlan[]): Problem[] {
  if (stages.length === 0) {
    return [
      {
        rule: 'stages.some',
        path: 'stages',
        message: 'A rollout needs at least one stage',
        expected: 'a list that ends at 100 %',
        got: 'an empty list',
      },
    ];
  }
  if (stages.length > MAX_STAGES) {
    return [
      {
        rule: 'stages.many',
        path: 'stages',
        message: 'Too many stages',
        expected: `at most ${MAX_STAGES}`,
        got: String(stages.length),
      },
    ];
  }
  return [...stages.flatMap((stage, index) => problemsOfStage(stage, index, stages)), ...problemsOfEnd(stages)];
}

function problemsOfStage(stage: StagePlan, index: number, stages: readonly StagePlan[]): Problem[] {
  const path = `stages[${index}]`;
  const problems: Problem[] = [];
  const percent = stage.trafficPercent;
  if (!Number.isFinite(percent) || percent <= 0 || percent > 100 || toParts(percent) === 0) {
    problems.push({
      rule: 'stages.range',
      path: `${path}.trafficPercent`,
      message: 'This cannot be a share of traffic',
      expected: 'above 0 % (at least 0.001 %) and at most 100 %',
      got: `${String(percent)} %`,
    });
  }
  const before = stages[index - 1];
  if (before !== undefined && before.trafficPercent <= 100 && !(percent > before.trafficPercent)) {
    problems.push({
      rule: 'stages.rise',
      path: `${path}.trafficPercent`,
      message: 'Shares must rise from stage to stage',
      expected: `more than ${String(before.trafficPercent)} %`,
      got: `${String(percent)} %`,
    });
  }
  problems.push(...problemsOfTime(`${path}.durationMs`, stage.durationMs));
  if (stage.approval !== undefined && stage.approval.timeoutMs !== null) {
    problems.push(...problemsOfTime(`${path}.approval.timeoutMs`, stage.approval.timeoutMs));
  }
  return problems;
}

function problemsOfEnd(stages: readonly StagePlan[]): Problem[] {
  const last = stages.at(-1);
  if (last === undefined || last.trafficPercent >= 100) return [];
  return [
    {
      rule: 'stages.end',
      path: `stages[${stages.length - 1}].trafficPercent`,
      message: 'The plan stops short of full traffic',
      expected: '100 % in the last stage',
      got: `${String(last.trafficPercent)} %`,
      remedy: 'Add a stage at 100 %, or say holdAtEnd: true to wait there for a person',
    },
  ];
}

function problemsOfHealth({ health }: CanaryPlan): Problem[] {
  if (health === undefined) return [];
  const problems = [
    ...problemsOfTime('health.intervalMs', health.intervalMs, LONGEST_INTERVAL_MS),
    ...problemsOfTime('health.timeoutMs', health.timeoutMs, LONGEST_INTERVAL_MS),
  ];
  if (health.endpoints.length === 0) {
    problems.push({
      rule: 'health.endpoints',
      path: 'health.endpoints',
      message: 'Nothing to probe',
      expected: 'at least one path, e.g. /health',
      got: 'none',
    });
  }
  health.endpoints.forEach((endpoint, index) => {
    if (/^$|\s|^[a-z]+:\/\//i.test(endpoint))
      problems.push({
        rule: 'health.path',
        path: `health.endpoints[${index}]`,
        message: 'An endpoint is a path of the candidate',
        expected: 'a path such as /health',
        got: JSON.stringify(shortened(endpoint)),
      });
  });
  if (!(health.successThreshold > 0 && health.successThreshold <= 1)) {
    problems.push({
      rule: 'health.threshold',
      path: 'health.successThreshold',
      message: 'This cannot be a share of probes',
      expected: 'above 0 and at most 1',
      got: String(health.successThreshold),
    });
  }
  return problems;
}

function problemsOfTime(path: string, ms: number, mostMs?: number): Problem[] {
  if (ms > 0) return tooLong(path, ms, mostMs);
  return [
    {
      rule: 'duration.positive',
      path,
      message: 'A duration must be longer than nothing',
      expected: 'more than 0',
      got: ms < 0 ? `-${spellDuration(-ms)}` : ms === 0 ? '0s' : String(ms),
    },
  ];
}
