import type { Problem } from '../errors.js';
import { quoted } from '../reading/problems.js';
import { LONGEST_INTERVAL_MS, problemsOfTime } from '../time-rules.js';
import type { StagedTrafficPlan } from './plan.js';

/** Everything that is wrong with how the candidate is probed. */
export function problemsOfHealth({ health }: Pick<StagedTrafficPlan, 'health'>): Problem[] {
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
        got: quoted(endpoint),
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
