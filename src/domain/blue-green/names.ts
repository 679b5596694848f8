/** The type of a blue-green rollout's workflow, as people type it. */
export const BLUE_GREEN_ROLLOUT = 'blueGreenRollout';
