/** Why a command cannot be taken now. */
export interface Refusal {
  /** Stable; programs may branch on it. */
  readonly code:
    | 'WRONG_ROLLOUT'
    | 'STALE_STAGE'
    | 'ROLLOUT_ENDED'
    | 'ROLLING_BACK'
    | 'NOT_STARTED'
    | 'NOT_AWAITING_APPROVAL'
    | 'PAUSED'
    | 'NOT_PAUSED'
    | 'NOT_AT_FULL_LOAD'
    | 'INVALID_COMMAND'
    | 'MONITORING_NOT_IN_TIER';
  readonly message: string;
}
