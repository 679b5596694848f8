/** Why a command cannot be taken now; `Own` are the codes of its kind. */
export interface Refusal<Own extends string = never> {
  /** Stable; programs may branch on it. */
  readonly code: 'WRONG_ROLLOUT' | 'ROLLOUT_ENDED' | 'ROLLING_BACK' | 'PAUSED' | 'NOT_PAUSED' | 'INVALID_COMMAND' | Own;
  readonly message: string;
}
