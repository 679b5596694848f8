import { MOST_CONCLUSION_BYTES } from './bounds.js';
import { cutBytes } from '../text.js';

/** How one stage went. */
export interface StageRecord {
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly conclusion: string | null;
  /** Whether it is what the checks said. Absent: it is not. */
  readonly byChecks?: boolean;
}

export const UPCOMING: StageRecord = { startedAtMs: null, endedAtMs: null, conclusion: null };

/** Notes how the current stage went. */
export function updateStage<S extends { readonly stage: number; readonly stages: readonly StageRecord[] }>(
  state: S,
  record: Partial<StageRecord>,
): S {
  const change = boundedStage(record);
  return {
    ...state,
    stages: state.stages.map((stage, index) => (index === state.stage - 1 ? { ...stage, ...change } : stage)),
  };
}

/** How a stage went, short enough for as many stages as a plan may have. */
function boundedStage(record: Partial<StageRecord>): Partial<StageRecord> {
  const { conclusion } = record;
  return conclusion == null ? record : { ...record, conclusion: cutBytes(conclusion, MOST_CONCLUSION_BYTES) };
}
