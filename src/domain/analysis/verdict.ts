/** What a check, or a whole plan, says. `failed` is final. */
export type Verdict = 'successful' | 'failed' | 'inconclusive' | 'error';

/** From best to worst: of several verdicts the worst one counts. */
const FROM_BEST_TO_WORST: readonly Verdict[] = ['successful', 'inconclusive', 'error', 'failed'];

/** Whether `next` is worse than `current`: failed, then error, then inconclusive, then successful. */
export function isWorse(current: Verdict, next: Verdict): boolean {
  return FROM_BEST_TO_WORST.indexOf(next) > FROM_BEST_TO_WORST.indexOf(current);
}

/** The worst of `verdicts`; `successful` when there is none. */
export function worstVerdict(verdicts: Iterable<Verdict>): Verdict {
  let worst: Verdict = 'successful';
  for (const verdict of verdicts) if (isWorse(worst, verdict)) worst = verdict;
  return worst;
}
