/** The alarm of a stage whose watch waits for a slot. */
export const UNGUARDED =
  'nobody guards the stage: every watch slot is taken; add workers or raise worker.maxConcurrentWatches';
