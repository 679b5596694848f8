import { looksUnlike } from './ask.js';
import type { Span } from './facts.js';
import type { Timeline } from './timeline.js';

/** A request that was sent before a change may be answered by the other side. */
const ON_ITS_WAY_MS = 100;

/** Where traffic was seen that should not have been there. */
export interface Astray {
  readonly atMs: number;
  /** To stand after "but". */
  readonly words: string;
}

/** The first sign in `span` that traffic is not as wanted: at the data plane, or met by a user. */
export function firstAstray(timeline: Timeline, service: string, span: Span, greenPercent: number): Astray | null {
  if (span.toMs <= span.fromMs) return null;
  const [run] = looksUnlike(timeline, service, span, greenPercent);
  if (run !== undefined) {
    const { fromMs, toMs } = run;
    return { atMs: fromMs, words: `green had ${String(run.greenPercent)} %, for ${String(toMs - fromMs)} ms at least` };
  }
  if (greenPercent !== 0 && greenPercent !== 100) return null;
  const gone = greenPercent === 0 ? 'green' : 'blue';
  const met = timeline.visits[service]?.find(
    ({ slot, sentMs }) => slot === gone && sentMs > span.fromMs + ON_ITS_WAY_MS && sentMs < span.toMs - ON_ITS_WAY_MS,
  );
  return met === undefined ? null : { atMs: met.sentMs, words: `a user who asked then was answered by ${gone}` };
}
