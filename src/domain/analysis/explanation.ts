/** Words for one judgement. */
export interface Explanation {
  /** Why, with numbers, to stand after the check's name. */
  readonly reason: string;
  /** What a pass needs that is not there yet, to stand after the check's name; `null` when nothing is. */
  readonly missing: string | null;
}
