import type { CompiledCheck, Engine, EngineName } from './engine.js';
import { baselineEngine } from './engines/baseline/engine.js';
import type { BaselineState } from './engines/baseline/state.js';
import { sequentialEngine } from './engines/sequential/engine.js';
import type { SequentialState } from './engines/sequential/state.js';
import { thresholdEngine } from './engines/threshold/engine.js';
import type { ThresholdState } from './engines/threshold/state.js';
import type { Check } from './plan.js';

/** What a check remembers. */
export type CheckState = ThresholdState | SequentialState | BaselineState;

export type AnyEngine = Engine<Check, CompiledCheck, CheckState>;

/** Every engine. Which kinds of check it judges stands in `kinds.ts`. */
export const ENGINES: Readonly<Record<EngineName, AnyEngine>> = {
  threshold: thresholdEngine,
  sequential: sequentialEngine,
  baseline: baselineEngine,
};
