import { LAG_FACTOR } from '../promises.js';
import type { Span } from './facts.js';
import { covered, lengthOf } from './spans.js';
import type { Timeline } from './timeline.js';

/** How long a span was for those who had work to do in it: a busy machine gives them less of it. */
export function workingMs({ stalls }: Timeline, span: Span, excused: readonly Span[] = []): number {
  return lengthOf(span) - covered(span, excused) - LAG_FACTOR * covered(span, stalls);
}
