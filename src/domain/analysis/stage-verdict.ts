import { rememberingChecks } from './check-memories.js';
import { explainCheck } from './explain.js';
import { judgeCheck } from './judge-check.js';
import type { AnalysisPlan } from './plan.js';
import type { AnalysisState } from './state.js';
import { isWorse, worstVerdict, type Verdict } from './verdict.js';

/** What the checks of a stage come to, for the one who decides whether to go on. */
export interface StageVerdict {
  readonly verdict: Verdict;
  /** One sentence, with numbers; of several checks those that decided. */
  readonly reason: string;
  /** What a pass needs that is not there yet, one entry per check: `errorRate needs about 60 more requests`. */
  readonly missing: readonly string[];
}

/** What the plan says by now: the worst that any check says. A plan without checks is successful. */
export function planVerdict(plan: AnalysisPlan, state: AnalysisState): Verdict {
  return worstVerdict(rememberingChecks(plan, state.checks).map((check) => judgeCheck(check, state.stage).verdict));
}

/**
 * The verdict on a whole stage: `failed` is a reason to roll back; `successful` to go on (every check has its requests,
 * stays within its bounds, and there is no evidence of harm); anything else to stay and find out more.
 */
export function stageVerdict(plan: AnalysisPlan, state: AnalysisState): StageVerdict {
  if (plan.checks.length === 0) return { verdict: 'successful', reason: 'no checks', missing: [] };
  const explained = rememberingChecks(plan, state.checks).map((check) => explainCheck(check, state.stage));
  let verdict: Verdict = 'successful';
  for (const check of explained) if (isWorse(verdict, check.verdict)) verdict = check.verdict;
  const decisive = explained.filter((check) => check.verdict === verdict);
  return {
    verdict,
    reason: decisive.map(({ sentence }) => sentence).join('; '),
    missing: explained.flatMap(({ name, missing }) => (missing === null ? [] : [`${name} ${missing}`])),
  };
}
