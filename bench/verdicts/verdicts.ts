import { measureDetection, type Detection } from './detection.js';
import { measureFalseRollbacks, type FalseRollbacks } from './false-rollbacks.js';
import { measureLatency, type LatencyFigures } from './latency.js';
import { measurePolicies, type PolicyRow } from './policies.js';
import type { VerdictSettings } from './settings.js';

/** Everything that one run found. Shares are fractions. */
export interface VerdictFigures {
  readonly falseRollbacks: readonly FalseRollbacks[];
  readonly detection: readonly Detection[];
  readonly latency: LatencyFigures;
  readonly policies: readonly PolicyRow[];
}

/** Runs the whole benchmark; `tell` hears what it is at. */
export function runVerdicts(settings: VerdictSettings, tell: (line: string) => void): VerdictFigures {
  tell('false rollbacks of candidates exactly at their bound');
  const falseRollbacks = measureFalseRollbacks(settings);
  tell('how soon a bad rate is found, beside an oracle that knows it');
  const detection = measureDetection(settings);
  tell('latencies against the baseline');
  const latency = measureLatency(settings);
  tell('the same streams under the rules of others');
  return { falseRollbacks, detection, latency, policies: measurePolicies(settings) };
}
