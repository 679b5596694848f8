/** The type of a canary's workflow, as people type it. */
export const CANARY_ROLLOUT = 'canaryRollout';

/** What served when it began, in its memo from the first percent on: `SlotVersion`. */
export const BASELINE_MEMO = 'baseline';
