/** The type of a canary's workflow, as people type it. */
export const CANARY_ROLLOUT = 'canaryRollout';
