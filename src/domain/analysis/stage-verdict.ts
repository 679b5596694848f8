import type { Analysis } from './analysis.js';
import type { Judgement } from './engine.js';
import { explainCheck, judgeCheck } from './judge-check.js';
import { unansweredIn } from './unanswered/finding.js';
import { isWorse, worstVerdict, type Verdict } from './verdict.js';

/** What the checks of a stage come to, for the one who decides whether to go on. */
export interface StageVerdict {
  readonly verdict: Verdict;
  /** One sentence, with numbers; of several checks those that decided. */
  readonly reason: string;
  /** What a pass needs that is not there yet, one entry per check: `errorRate needs about 60 more requests`. */
  readonly missing: readonly string[];
  /** Every check that weighs evidence has proof of health, and nothing else speaks against going on. */
  readonly proven: boolean;
}

/**
 * What the plan says by now: the worst that any check says, suspended ones left out. A plan without checks is
 * successful; one whose checks are all suspended cannot say.
 */
export function verdictOf(analysis: Analysis): Verdict {
  const { checks, stage } = analysis;
  let worst: Verdict = unansweredIn(analysis)?.verdict ?? 'successful';
  let suspended = 0;
  for (const check of checks) {
    const judgement = judgeCheck(check, stage);
    if (isSuspended(judgement)) suspended += 1;
    else if (isWorse(worst, judgement.verdict)) worst = judgement.verdict;
  }
  const cannotSay = suspended > 0 && suspended === checks.length;
  return cannotSay && worst === 'successful' ? 'inconclusive' : worst;
}

/**
 * The verdict on a whole stage: `failed` is a reason to roll back; `successful` to go on (every check has its requests,
 * stays within its bounds, and there is no evidence of harm); anything else to stay and find out more.
 *
 * Checks that are suspended do not block: where nothing but they are left, at full load, the stage passes.
 */
export function conclusionOf(analysis: Analysis): StageVerdict {
  const { checks, stage } = analysis;
  const unanswered = unansweredIn(analysis);
  if (checks.length === 0 && unanswered === null)
    return { verdict: 'successful', reason: 'no checks', missing: [], proven: false };
  const explained = checks.map((check) => explainCheck(check, stage));
  const applying = explained.filter((check) => !isSuspended(check));
  const verdict = worstVerdict([...applying, ...listOf(unanswered)].map((one) => one.verdict));
  const decisive = applying.filter((check) => check.verdict === verdict && !isIdle(check));
  const idle = applying.length === 0 && unanswered === null ? explained : decisive;
  const sentences = [...listOf(unanswered).filter((one) => one.verdict === verdict), ...idle];
  return {
    verdict,
    reason: sentences.map(({ sentence }) => sentence).join('; '),
    missing: [
      ...listOf(unanswered?.missing ?? null).map((missing) => `the stage ${missing}`),
      ...applying.flatMap((check) =>
        check.missing === null || isIdle(check) ? [] : [`${check.name} ${check.missing}`],
      ),
    ],
    proven: verdict === 'successful' && areProven(analysis),
  };
}

function listOf<T>(value: T | null): readonly T[] {
  return value === null ? [] : [value];
}

/** What a check says of a stage that hangs is said once, for all of them. */
function isIdle({ because }: Judgement): boolean {
  return because === 'unanswered';
}

/** Fixed thresholds know no proof: they neither give it nor stand in its way. */
function areProven({ checks, stage }: Analysis): boolean {
  const missing = checks.flatMap((check) => check.engine.requestsToProve(check, stage) ?? []);
  return missing.length > 0 && missing.every((requests) => requests === 0);
}

function isSuspended({ because }: Judgement): boolean {
  return because === 'suspended';
}
