/** The type of a canary's workflow, as people type it. */
export const CANARY_ROLLOUT = 'canaryRollout';

/** What a rollout leaves in its memo at its end: `Serves` of `domain/traffic/serving`. */
export const SERVES_MEMO = 'serves';

/** What served when it began, in its memo from the first percent on: `SlotVersion`. */
export const BASELINE_MEMO = 'baseline';
