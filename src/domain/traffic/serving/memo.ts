/**
 * Under which key the memo of a rollout holds what the server keeps of its start: `PreparedStart.memo`. Written by who starts
 * it, read by those that come after it.
 */
export const START_MEMO = 'headgate';

/** What a rollout leaves in its memo at its end: `Serves`. */
export const SERVES_MEMO = 'serves';

/** What served when it began, in its memo from the first percent on: `SlotVersion`. */
export const BASELINE_MEMO = 'baseline';
