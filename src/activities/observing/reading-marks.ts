import { createHash } from 'node:crypto';
import type { AnalysisInterval } from '../../domain/analysis/sample.js';

/** Up to where a reading has come, and what it had seen by then. */
export interface Mark {
  readonly untilMs: number;
  /** Of everything up to there: equal marks have seen the same. */
  readonly digest: string;
}

/** A judge is never more than a few intervals behind the watch. */
const MARKS_PER_STAGE = 8;

/** Stages that are remembered; a stage that is forgotten is written whole once more. */
const STAGES = 4000;

interface Marked {
  readonly reading: string;
  readonly marks: readonly Mark[];
}

/**
 * What the newest reading of each stage had seen. The next reading of the same stage (a restarted watch, the judge)
 * that has seen the same need not write it again.
 */
export class ReadingMarks {
  private readonly stages = new Map<string, Marked>();

  set(stage: string, reading: string, mark: Mark): void {
    const known = this.stages.get(stage);
    const marks = known?.reading === reading ? known.marks : [];
    this.stages.delete(stage);
    this.stages.set(stage, { reading, marks: [...marks, mark].slice(-MARKS_PER_STAGE) });
    const [oldest] = this.stages.keys();
    if (this.stages.size > STAGES && oldest !== undefined) this.stages.delete(oldest);
  }

  /** The longest beginning that was written already. */
  agreement(stage: string, marks: readonly Mark[]): { readonly reading: string; readonly untilMs: number } | null {
    const known = this.stages.get(stage);
    if (known === undefined) return null;
    const shared = known.marks.findLast((mark) =>
      marks.some(({ untilMs, digest }) => untilMs === mark.untilMs && digest === mark.digest),
    );
    return shared === undefined ? null : { reading: known.reading, untilMs: shared.untilMs };
  }
}

/** The digest after one more interval. */
export function digestAfter(
  digest: string,
  { startMs, endMs, candidate, baseline, scalars = {} }: AnalysisInterval,
): string {
  return createHash('sha1')
    .update(digest)
    .update(JSON.stringify([startMs, endMs, candidate, baseline ?? null, scalars]))
    .digest('base64');
}
