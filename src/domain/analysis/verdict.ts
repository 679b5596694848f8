/** What a check, or a whole plan, says. `failed` is final. */
export type Verdict = 'successful' | 'failed' | 'inconclusive' | 'error';
