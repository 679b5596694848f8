import { problemsOfPolicy, type RollbackPolicy } from '../domain/stages/rollback-policy.js';
import type { RollbackPolicyOptions } from './staged-traffic/guard-options.js';
import { rollbackPolicySchema } from './staged-traffic/option-parts.js';
import { OPTIONS_SURFACE, policyDraft } from './staged-traffic/options.js';
import { parsePath } from './reading/path.js';
import { readLeniently } from './reading/lenient.js';
import { refusal } from './reading/refusal.js';
import { definedOnly } from './defined-only.js';

/**
 * The rollback policy that a program's options mean.
 *
 * @throws InvalidSpecError with every problem at once.
 */
export function rollbackPolicyFromOptions(options: RollbackPolicyOptions): RollbackPolicy {
  const { value, flaws } = readLeniently(rollbackPolicySchema, definedOnly(options));
  const policy = value === undefined ? {} : definedOnly(policyDraft(value));
  const unread = flaws.map((flaw) => ({ ...flaw, path: ['policy', ...flaw.path] }));
  const problems = problemsOfPolicy(policy, 'policy').map((problem) => ({
    ...problem,
    path: parsePath(problem.path).map((part) => OPTIONS_SURFACE.names[part] ?? part),
  }));
  // What is absent because it could not be read is no mistake of its own.
  const all =
    unread.length === 0 ? problems : [...unread, ...problems.filter(({ rule }) => !ABOUT_ABSENCE.includes(rule))];
  if (all.length > 0) throw refusal('The rollback policy', all);
  return policy;
}

const ABOUT_ABSENCE: readonly string[] = ['policy.some', 'policy.counts'];
