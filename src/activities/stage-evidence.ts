import { observeInterval, resumeAnalysis, type Analysis } from '../domain/analysis/analysis.js';
import { compareWithBaseline } from '../domain/analysis/kinds.js';
import { asksForLatencies } from '../domain/analysis/latency-bounds.js';
import type { AnalysisInterval, Sampled } from '../domain/analysis/sample.js';
import { AdapterUnavailableError } from '../domain/errors.js';
import type { SampleQuery } from '../ports/metric-source.js';
import type { ServicePorts } from '../ports/service.js';
import type { StageView } from './contracts.js';
import type { KnownValues } from './values/known-values.js';
import { MeasuredValues, type KeptValues, type RecallValues, type Values } from './values/measured-values.js';

type SampleRange = Omit<SampleQuery, 'service' | 'backend' | 'target'>;

interface ReadingOptions {
  /** @default true */
  readonly withBaseline?: boolean;
  /** See {@link SampleQuery.patienceMs}. */
  readonly patienceMs?: number;
}

/**
 * What the metric source says about a stage, interval by interval from the stage's beginning.
 *
 * The watch and the judge read it alike, and a watch that was restarted asks for the whole stage again, so all of them
 * come to the same verdict.
 */
export class StageEvidence {
  /** Why counts of the newest intervals are unknown. */
  private countTrouble: readonly string[] = [];
  private readonly values: MeasuredValues;
  private soFar: Analysis;
  private observedUntilMs: number;

  constructor(
    private readonly service: ServicePorts,
    private readonly view: StageView,
    /** Told of every interval, with what is known after it. */
    private readonly onObserved: (interval: AnalysisInterval, analysis: Analysis) => void = () => undefined,
    /** What was measured before, in this process or another. */
    measured: {
      readonly kept?: KeptValues | undefined;
      readonly recall?: RecallValues;
      readonly known?: KnownValues;
    } = {},
  ) {
    this.values = new MeasuredValues(service, view, measured.kept, measured.recall, measured.known);
    this.soFar = resumeAnalysis(view.plan.analysis, view.carried, view.sharePercent);
    this.observedUntilMs = view.startedAtMs;
  }

  /** Why something is unknown, as of the last question. */
  get trouble(): readonly string[] {
    return [...this.countTrouble, ...this.values.trouble];
  }

  /** Whether the source of the counts lacks something although it looked, as of the last question. */
  get lacksCounts(): boolean {
    return this.countTrouble.length > 0;
  }

  /** Why the stage cannot pass on the values of its queries, as of the last question. */
  get unmeasured(): readonly string[] {
    return this.values.unmeasured;
  }

  /** Values that cannot be asked for again. */
  get keptValues(): KeptValues {
    return this.values.kept;
  }

  /** Everything observed in whole intervals so far. */
  get analysis(): Analysis {
    return this.soFar;
  }

  /**
   * Observes every whole interval that has ended by `nowMs`; true when there was one.
   *
   * A source may learn of an interval only after its end: the newest ones without data are asked for again, for as long
   * as one interval, before they count as unknown.
   */
  async advance(nowMs: number, signal?: AbortSignal): Promise<boolean> {
    const intervals = await this.readWhole(nowMs, signal);
    let settled = intervals.length;
    const isOpen = (interval: AnalysisInterval): boolean =>
      this.isMissing(interval) && nowMs - interval.endMs < this.view.monitoringIntervalMs;
    for (let last = intervals[settled - 1]; last !== undefined && isOpen(last); last = intervals[settled - 1])
      settled -= 1;
    this.observeAll(intervals.slice(0, settled));
    if (settled > 0) await this.askWhyUnknown(intervals.slice(0, settled), signal);
    return settled > 0;
  }

  /** The analysis with what the interval under way has shown so far; forgotten again. */
  async peek(nowMs: number, signal?: AbortSignal, patienceMs = 0): Promise<Analysis> {
    const [[partial], scalars] = await Promise.all([
      this.readRest(nowMs, signal, { withBaseline: this.comparesWithBaseline, patienceMs }),
      this.values.now(nowMs, signal),
    ]);
    // That nothing is known yet of a part of an interval says nothing about the interval.
    if (partial === undefined || this.isMissing(partial)) return this.analysis;
    return observeInterval(this.analysis, { ...partial, scalars });
  }

  /** Observes everything until `nowMs`, the interval under way included. */
  async finish(nowMs: number, signal?: AbortSignal): Promise<void> {
    const whole = await this.readWhole(nowMs, signal);
    this.observeAll(whole);
    const rest = await this.readRest(nowMs, signal);
    const isKnown = rest.every((interval) => !this.isMissing(interval));
    if (whole.length === 0) {
      const values = await this.values.of({ startMs: this.observedUntilMs, endsMs: [nowMs] }, signal);
      this.observeAll(withValues(rest, values));
    } else {
      // A new value a moment after the last one would be that one, counted twice.
      const kept = this.values.keptIn(this.observedUntilMs, nowMs);
      const part = { part: true, ...(Object.keys(kept).length === 0 ? {} : { scalars: kept }) };
      if (isKnown || part.scalars !== undefined) this.observeAll(rest.map((interval) => ({ ...interval, ...part })));
    }
    await this.askWhyUnknown([...whole, ...rest], signal);
  }

  /** What the source has to say about intervals that lack something although it looked. */
  private async askWhyUnknown(intervals: readonly AnalysisInterval[], signal?: AbortSignal): Promise<void> {
    this.countTrouble = [];
    const { metrics } = this.service;
    const unclear = intervals.filter((interval) => this.isMissing(interval) || this.lacksLatencies(interval));
    const [first, last] = [unclear[0], unclear.at(-1)];
    if (metrics.whyUnknown === undefined || first === undefined || last === undefined) return;
    const { candidate, baseline } = this.view.roles;
    const range = { fromMs: first.startMs, toMs: last.endMs, stepMs: this.view.monitoringIntervalMs };
    for (const backend of this.comparesWithBaseline ? [candidate, baseline] : [candidate]) {
      try {
        const why = await metrics.whyUnknown(this.queryOf(backend, range), signal);
        if (why !== null) this.countTrouble = [...this.countTrouble, `metrics: ${backend}: ${why}`];
      } catch (error) {
        if (!(error instanceof AdapterUnavailableError)) throw error;
      }
    }
  }

  private observeAll(intervals: readonly AnalysisInterval[]): void {
    for (const interval of intervals) {
      this.observe(interval);
      this.observedUntilMs = interval.endMs;
    }
  }

  private observe(interval: AnalysisInterval): void {
    this.soFar = observeInterval(this.soFar, interval);
    this.onObserved(interval, this.analysis);
  }

  private get counts(): boolean {
    return this.view.plan.analysis.checks.some((check) => !('query' in check));
  }

  /** Whether the interval lacks counts that a check needs. */
  private isMissing({ candidate, baseline }: AnalysisInterval): boolean {
    if (!this.counts) return false;
    return candidate === 'no-data' || (this.comparesWithBaseline && baseline === 'no-data');
  }

  /** Whether a check asks for latencies, and most requests of the interval have none. */
  private lacksLatencies({ candidate }: AnalysisInterval): boolean {
    if (candidate === 'no-data' || !asksForLatencies(this.view.plan.analysis.checks)) return false;
    const answered = candidate.requests - (candidate.unanswered ?? 0);
    return (candidate.latencyHistogram?.at(-1)?.count ?? 0) < answered / 2;
  }

  /** A picture every few seconds of hundreds of stages should not cost what nobody compares. */
  private get comparesWithBaseline(): boolean {
    return compareWithBaseline(this.view.plan.analysis.checks);
  }

  private async readWhole(nowMs: number, signal?: AbortSignal): Promise<readonly AnalysisInterval[]> {
    const stepMs = this.view.monitoringIntervalMs;
    const steps = Math.floor((nowMs - this.observedUntilMs) / stepMs);
    if (steps < 1) return [];
    const fromMs = this.observedUntilMs;
    const endsMs = Array.from({ length: steps }, (_, step) => fromMs + (step + 1) * stepMs);
    // Together: a value of now is measured also while counts cannot be had.
    const [intervals, values] = await Promise.all([
      this.read(fromMs, fromMs + steps * stepMs, stepMs, signal),
      this.values.of({ startMs: fromMs, endsMs }, signal),
    ]);
    return withValues(intervals, values);
  }

  private async readRest(
    nowMs: number,
    signal?: AbortSignal,
    options?: ReadingOptions,
  ): Promise<readonly AnalysisInterval[]> {
    const restMs = nowMs - this.observedUntilMs;
    return restMs < 1 ? [] : this.read(this.observedUntilMs, nowMs, restMs, signal, options);
  }

  private async read(
    fromMs: number,
    toMs: number,
    stepMs: number,
    signal?: AbortSignal,
    { withBaseline = true, patienceMs = 0 }: ReadingOptions = {},
  ): Promise<readonly AnalysisInterval[]> {
    const { candidate, baseline } = this.view.roles;
    const range = { fromMs, toMs, stepMs, patienceMs };
    const [candidateSamples, baselineSamples] = await Promise.all([
      this.samples(candidate, range, signal),
      withBaseline ? this.samples(baseline, range, signal) : null,
    ]);
    return candidateSamples.map((sample, index) => ({
      startMs: fromMs + index * stepMs,
      endMs: fromMs + (index + 1) * stepMs,
      candidate: sample,
      ...(baselineSamples === null ? {} : { baseline: baselineSamples[index] ?? 'no-data' }),
    }));
  }

  private samples(backend: string, range: SampleRange, signal?: AbortSignal): Promise<readonly Sampled[]> {
    return this.service.metrics.samples(this.queryOf(backend, range), signal);
  }

  private queryOf(backend: string, range: SampleRange): SampleQuery {
    const { service, targets } = this.service.route;
    return { service, backend, target: targets[backend] ?? backend, ...range };
  }
}

/** A query that cannot be answered leaves its value unknown; the counts, and what they prove, are known without it. */
function withValues(intervals: readonly AnalysisInterval[], values: readonly Values[]): readonly AnalysisInterval[] {
  return intervals.map((interval, index) => ({ ...interval, scalars: values[index] ?? {} }));
}
