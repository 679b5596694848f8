import type { CompiledCheck, Engine, EngineName } from './engine.js';
import { baselineEngine } from './engines/baseline/engine.js';
import { sequentialEngine } from './engines/sequential/engine.js';
import { thresholdEngine } from './engines/threshold/engine.js';
import type { Check } from './plan.js';

const EACH = {
  threshold: thresholdEngine,
  sequential: sequentialEngine,
  baseline: baselineEngine,
};

/** What a check remembers. */
export type CheckState = ReturnType<(typeof EACH)[EngineName]['begin']>;

export type AnyEngine = Engine<Check, CompiledCheck, CheckState>;

/** Every engine. Which kinds of check it judges stands in `domain/analysis/kinds.ts`. */
export const ENGINES: Readonly<Record<EngineName, AnyEngine>> = EACH;
