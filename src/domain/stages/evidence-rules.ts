import { spellDuration } from '../duration.js';
import { nameOf, provabilityOf } from '../analysis/kinds.js';
import type { Problem } from '../errors.js';
import { tooLong } from '../time-rules.js';
import type { StagePlan, StagesPlan } from './plan.js';

/** Everything that is wrong with how proof of health is asked for, and with what it does to the stages' times. */
export function problemsOfEvidence(plan: Pick<StagesPlan, 'stages' | 'analysis'>): Problem[] {
  const waiting = plan.stages.findIndex(({ advanceOnEvidence }) => advanceOnEvidence === true);
  return [
    ...plan.stages.flatMap((stage, index) => problemsOfTimes(stage, `stages[${String(index)}]`)),
    ...problemsOfProof(plan, waiting),
  ];
}

function problemsOfTimes(stage: StagePlan, path: string): Problem[] {
  const { durationMs, minDurationMs, maxDurationMs, advanceOnEvidence } = stage;
  const problems: Problem[] = [];
  if (minDurationMs !== undefined && !(minDurationMs >= 0 && minDurationMs <= durationMs)) {
    problems.push({
      rule: 'stages.least',
      path: `${path}.minDurationMs`,
      message: 'The least time of a stage is part of its time',
      expected: `at most ${spellDuration(durationMs)}, after which it is judged anyway`,
      got: minDurationMs < 0 ? 'less than nothing' : timeWords(minDurationMs),
    });
  }
  if (minDurationMs !== undefined && advanceOnEvidence !== true) {
    problems.push({
      rule: 'stages.leastAlone',
      path: `${path}.minDurationMs`,
      message: 'This says how soon a stage may end on proof, and nothing says that it may',
      expected: 'advanceOnEvidence: true beside it',
      got: timeWords(minDurationMs),
      remedy: 'Add advanceOnEvidence: true, or leave it out',
    });
  }
  if (maxDurationMs !== undefined && !(maxDurationMs >= durationMs)) {
    problems.push({
      rule: 'stages.longest',
      path: `${path}.maxDurationMs`,
      message: 'A stage cannot be given up before it is judged',
      expected: `at least ${spellDuration(durationMs)}, after which it is judged for the first time`,
      got: timeWords(maxDurationMs),
    });
  }
  return [...problems, ...tooLong(`${path}.maxDurationMs`, maxDurationMs)];
}

function timeWords(ms: number): string {
  return Number.isFinite(ms) ? spellDuration(ms) : String(ms);
}

/** Where proof is waited for, or demanded, it must be possible. */
function problemsOfProof({ analysis }: Pick<StagesPlan, 'analysis'>, waiting: number): Problem[] {
  const demanded = analysis.proof === 'evidence';
  if (!demanded && waiting === -1) return [];
  const kinds = analysis.checks.map((check) => provabilityOf(check));
  if (!kinds.includes('provable') && !kinds.includes('never')) {
    return [
      {
        rule: 'proof.none',
        path: demanded ? 'analysis.proof' : `stages[${String(waiting)}].advanceOnEvidence`,
        message: 'Proof of health is asked for, and no check can give it: a fixed bound proves nothing',
        expected: 'a share of requests with max or min and no limits, or with maxIncrease',
        got: kinds.length === 0 ? 'no checks' : 'fixed bounds only',
        remedy: 'Add a check such as errorRate with max: 1%',
      },
    ];
  }
  return analysis.checks.flatMap((check, index) =>
    // The analysis itself refuses a comparison without a margin where proof is demanded.
    kinds[index] !== 'never' || (demanded && check.kind === 'baseline')
      ? []
      : [
          {
            rule: 'proof.margin',
            path: `analysis.checks[${String(index)}]`,
            message: `However much traffic comes, it cannot be proven that ${nameOf(check)} is within this bound`,
            expected: 'a bound with room below it: an error rate of 0.1 %, an increase of 10 %',
            got: check.kind === 'baseline' ? 'no margin at all' : 'a bound at the very end of what is possible',
          },
        ],
  );
}
