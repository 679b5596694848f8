import { BACK_MS } from '../promises.js';
import type { FaultAction } from '../schedule/schedule.js';
import { faultsOf } from './ask.js';
import type { Span } from './facts.js';
import { prolonged } from './spans.js';
import type { Timeline } from './timeline.js';

const SERVER: readonly FaultAction['do'][] = ['killTemporal', 'freezeTemporal'];
const WORKERS: readonly FaultAction['do'][] = ['killWorker', 'stopWorker', 'freezeWorker', 'cutWorker'];
const SURROUNDINGS: readonly FaultAction['do'][] = ['disturb'];

/** While Temporal or a worker is away, and until what waited for it is done. */
export function awaySpans(timeline: Timeline): readonly Span[] {
  return prolonged(faultsOf(timeline, ...SERVER, ...WORKERS), BACK_MS);
}

/** The same, and while a router or its metrics cannot be asked. A journal that is away keeps nothing from being done. */
export function hinderedSpans(timeline: Timeline): readonly Span[] {
  return prolonged(faultsOf(timeline, ...SERVER, ...WORKERS, ...SURROUNDINGS), BACK_MS);
}
