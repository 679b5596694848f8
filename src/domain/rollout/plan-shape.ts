import type { Problem } from '../errors.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What is missing in a plan that somebody typed as JSON, or is of another kind than it must be; empty when it can be
 * read as a `CanaryPlan`. Whether its values make sense is told by `problemsOfPlan`.
 */
export function problemsOfShape(plan: unknown): Problem[] {
  if (!isFields(plan)) return [wrong('plan', 'an object', plan)];
  const { stages, analysis, onUnknown } = plan;
  return [
    ...expectKind(plan, '', 'service', 'string'),
    ...expectKind(plan, '', 'name', 'string'),
    ...expectKind(plan, '', 'monitoringIntervalMs', 'number'),
    ...expectKind(plan, '', 'autoProgression', 'boolean'),
    ...expectKind(plan, '', 'onDrift', 'string'),
    ...expectKindIfThere(plan, '', 'autoRollback', 'boolean'),
    ...(plan.rollbackPolicy === undefined || isFields(plan.rollbackPolicy)
      ? []
      : [wrong('rollbackPolicy', 'an object', plan.rollbackPolicy)]),
    ...(isFields(onUnknown)
      ? [
          ...expectKind(onUnknown, 'onUnknown.', 'action', 'string'),
          ...expectKind(onUnknown, 'onUnknown.', 'deadlineMs', 'number'),
        ]
      : [wrong('onUnknown', 'an object', onUnknown)]),
    ...problemsOfList('stages', stages, (stage, path) => [
      ...expectKind(stage, path, 'trafficPercent', 'number'),
      ...expectKind(stage, path, 'durationMs', 'number'),
      ...expectKindIfThere(stage, path, 'advanceOnEvidence', 'boolean'),
      ...expectKindIfThere(stage, path, 'minDurationMs', 'number'),
      ...expectKindIfThere(stage, path, 'maxDurationMs', 'number'),
    ]),
    ...(isFields(analysis)
      ? problemsOfList('analysis.checks', analysis.checks, (check, path) => expectKind(check, path, 'kind', 'string'))
      : [wrong('analysis', 'an object', analysis)]),
  ];
}

function problemsOfList(path: string, list: unknown, inside: (entry: Fields, path: string) => Problem[]): Problem[] {
  if (!Array.isArray(list)) return [wrong(path, 'a list', list)];
  return list.flatMap((entry: unknown, index) => {
    const at = `${path}[${String(index)}]`;
    return isFields(entry) ? inside(entry, `${at}.`) : [wrong(at, 'an object', entry)];
  });
}

function expectKind(fields: Fields, path: string, key: string, kind: 'string' | 'number' | 'boolean'): Problem[] {
  return typeof fields[key] === kind ? [] : [wrong(`${path}${key}`, `a ${kind}`, fields[key])];
}

function expectKindIfThere(
  fields: Fields,
  path: string,
  key: string,
  kind: 'string' | 'number' | 'boolean',
): Problem[] {
  return fields[key] === undefined ? [] : expectKind(fields, path, key, kind);
}

function wrong(path: string, expected: string, got: unknown): Problem {
  return {
    rule: 'plan.shape',
    path,
    message: got === undefined ? 'This is missing' : 'This is of the wrong kind',
    expected,
    got: got === undefined ? 'nothing' : JSON.stringify(got).slice(0, 80),
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
