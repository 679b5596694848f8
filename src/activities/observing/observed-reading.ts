import { randomBytes } from 'node:crypto';
import type { Analysis } from '../../domain/analysis/analysis.js';
import type { AnalysisInterval } from '../../domain/analysis/sample.js';
import { verdictOf } from '../../domain/analysis/stage-verdict.js';
import {
  OBSERVATIONS_VERSION,
  type BreachLine,
  type IntervalLine,
  type JudgementLine,
  type ObservationLine,
  type ReadingLine,
} from '../../domain/observations/line.js';
import type { StageView } from '../contracts.js';
import type { Observer } from './observer.js';
import { digestAfter, type Mark } from './reading-marks.js';

const v = OBSERVATIONS_VERSION;

interface Seen {
  readonly line: IntervalLine;
  readonly mark: Mark;
}

type Told<Line> = Omit<Line, 'v' | 'kind' | 'reading'>;

/** Keeps what one pass over a stage has seen, exactly as it was judged. */
export class ObservedReading {
  private readonly reading = randomBytes(9).toString('base64url');
  private readonly atMs = Date.now();
  private readonly stage: string;
  private begun = false;
  private digest: string;
  private seen: Seen[] = [];

  constructor(
    private readonly observer: Observer,
    private readonly view: StageView,
    private readonly by: ReadingLine['by'],
    private readonly knownShared = false,
  ) {
    const { rolloutId, stage, startedAtMs, monitoringIntervalMs, plan, carried } = view;
    this.stage = [rolloutId, stage, startedAtMs, monitoringIntervalMs].join('/');
    this.digest = JSON.stringify([plan.analysis, carried]);
  }

  /** One more interval, and what is known after it. */
  observed(interval: AnalysisInterval, analysis: Analysis): void {
    if (!this.observer.isKeeping) return;
    this.digest = digestAfter(this.digest, interval);
    const line: IntervalLine = {
      v,
      kind: 'interval',
      reading: this.reading,
      ...withoutEmptyScalars(interval),
      verdict: verdictOf(analysis),
    };
    this.seen.push({ line, mark: { untilMs: interval.endMs, digest: this.digest } });
  }

  judged(judgement: Told<JudgementLine>): void {
    this.flush([{ v, kind: 'judgement', reading: this.reading, ...judgement }]);
  }

  breached(breach: Told<BreachLine>): void {
    this.flush([{ v, kind: 'breach', reading: this.reading, ...breach }]);
  }

  /** Hands over what was seen. */
  flush(more: readonly ObservationLine[] = []): void {
    const seen = this.seen;
    if (!this.observer.isKeeping || (seen.length === 0 && more.length === 0)) return;
    this.seen = [];
    const begin = this.begun ? null : this.begin(seen);
    this.begun = true;
    const own = seen.filter(({ line }) => line.endMs > (begin?.base?.untilMs ?? -Infinity));
    this.observer.keep(this.view.rolloutId, [
      ...(begin === null ? [] : [begin]),
      ...own.map(({ line }) => line),
      ...more,
    ]);
    for (const { line, mark } of own)
      if (line.endMs - line.startMs === this.view.monitoringIntervalMs)
        this.observer.marks.set(this.stage, this.reading, mark);
  }

  private begin(seen: readonly Seen[]): ReadingLine {
    const { rolloutId, plan, roles, stage, sharePercent, startedAtMs, monitoringIntervalMs, carried } = this.view;
    const base = this.observer.marks.agreement(
      this.stage,
      seen.map(({ mark }) => mark),
    );
    const hasScalars = seen.some(({ line }) => line.scalars !== undefined);
    return {
      v,
      kind: 'reading',
      reading: this.reading,
      rolloutId,
      service: plan.service,
      by: this.by,
      atMs: this.atMs,
      stage,
      stages: this.view.stageCount,
      sharePercent,
      startedAtMs,
      stepMs: monitoringIntervalMs,
      roles,
      knownShared: this.knownShared,
      ...(base === null
        ? { plan: plan.analysis, carried }
        : { base: { ...base, ...(hasScalars ? { scalars: true as const } : {}) } }),
    };
  }
}

function withoutEmptyScalars({ scalars, ...interval }: AnalysisInterval): AnalysisInterval {
  return scalars === undefined || Object.keys(scalars).length === 0 ? interval : { ...interval, scalars };
}
