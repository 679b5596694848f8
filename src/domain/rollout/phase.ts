/** Where a rollout stands. One list for every surface. */
export const PHASES = [
  'waiting',
  'progressing',
  'paused',
  'awaitingApproval',
  'held',
  'promoting',
  'rollingBack',
  'promoted',
  'rolledBack',
  'aborted',
  'superseded',
] as const;

export type Phase = (typeof PHASES)[number];

/** How a rollout ended. A rollout that was stopped has completed. */
export const OUTCOMES = ['promoted', 'rolledBack', 'aborted', 'superseded'] as const;

export type Outcome = (typeof OUTCOMES)[number];

export function isOutcome(phase: Phase): phase is Outcome {
  return (OUTCOMES as readonly Phase[]).includes(phase);
}
