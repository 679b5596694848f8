import type { Warning } from '../../domain/rollout/warnings.js';
import type { PreflightProblem } from '../contracts.js';

/** What one look found. */
export interface Finding {
  readonly problems: readonly PreflightProblem[];
  readonly warnings: readonly Warning[];
}

export const NOTHING_FOUND: Finding = { problems: [], warnings: [] };

export function joined(findings: readonly Finding[]): Finding {
  return {
    problems: findings.flatMap(({ problems }) => problems),
    warnings: findings.flatMap(({ warnings }) => warnings),
  };
}
