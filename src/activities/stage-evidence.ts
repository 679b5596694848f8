import { asksForLatencies } from '../domain/analysis/latency-bounds.js';
import type { AnalysisInterval, Sampled } from '../domain/analysis/sample.js';
import { beginStage, observeStage, type StageSoFar } from '../domain/analysis/stage-so-far.js';
import { observe, type AnalysisState } from '../domain/analysis/state.js';
import { AdapterUnavailableError } from '../domain/errors.js';
import { troubleWith } from '../domain/rollout/picture.js';
import type { SampleQuery } from '../ports/metric-source.js';
import type { ServicePorts } from '../ports/service.js';
import type { StageView } from './contracts.js';
import { namedScalars, readScalar } from './scalars.js';

/**
 * What the metric source says about a stage, interval by interval from the stage's beginning.
 *
 * The watch and the judge read it alike, and a watch that was restarted asks for the whole stage again, so all of them
 * come to the same verdict.
 */
export class StageEvidence {
  /** Why values of queries are unknown, as of the last question. */
  private queryTrouble: readonly string[] = [];
  /** Why counts of the newest intervals are. */
  private countTrouble: readonly string[] = [];
  private soFar: StageSoFar;
  private observedUntilMs: number;

  constructor(
    private readonly service: ServicePorts,
    private readonly view: StageView,
    /** Told of every interval, with what is known after it. */
    private readonly onObserved: (interval: AnalysisInterval, state: AnalysisState) => void = () => undefined,
  ) {
    this.soFar = beginStage(view.plan.analysis, view.carried, view.sharePercent);
    this.observedUntilMs = view.startedAtMs;
  }

  /** Why something is unknown, as of the last question. */
  get trouble(): readonly string[] {
    return [...this.countTrouble, ...this.queryTrouble];
  }

  /** Everything observed in whole intervals so far. */
  get state(): AnalysisState {
    return this.soFar.state;
  }

  /** Requests that the candidate served in them. */
  get candidateRequests(): number {
    return this.soFar.candidateRequests;
  }

  /**
   * Observes every whole interval that has ended by `nowMs`; true when there was one.
   *
   * A source may learn of an interval only after its end: the newest ones without data are asked for again, for as long
   * as one interval, before they count as unknown.
   */
  async advance(nowMs: number, signal?: AbortSignal): Promise<boolean> {
    const { intervals, scalars } = await this.readWhole(nowMs, signal);
    let settled = intervals.length;
    const isOpen = (interval: AnalysisInterval): boolean =>
      this.isMissing(interval) && nowMs - interval.endMs < this.view.monitoringIntervalMs;
    for (let last = intervals[settled - 1]; last !== undefined && isOpen(last); last = intervals[settled - 1])
      settled -= 1;
    this.observeAll(intervals.slice(0, settled), scalars);
    if (settled > 0) await this.askWhyUnknown(intervals.slice(0, settled), signal);
    return settled > 0;
  }

  /** The state with what the interval under way has shown so far; forgotten again. */
  async peek(nowMs: number, signal?: AbortSignal): Promise<AnalysisState> {
    const { intervals, scalars } = await this.readRest(nowMs, signal, this.comparesWithBaseline);
    const [partial] = intervals;
    // That nothing is known yet of a part of an interval says nothing about the interval.
    if (partial === undefined || this.isMissing(partial)) return this.state;
    return observe(this.view.plan.analysis, this.state, { ...partial, scalars });
  }

  /** Observes everything until `nowMs`, the interval under way included. */
  async finish(nowMs: number, signal?: AbortSignal): Promise<void> {
    const whole = await this.readWhole(nowMs, signal);
    this.observeAll(whole.intervals, whole.scalars);
    const rest = await this.readRest(nowMs, signal);
    const isKnown = rest.intervals.every((interval) => !this.isMissing(interval));
    if (isKnown || this.observedUntilMs === this.view.startedAtMs) this.observeAll(rest.intervals, rest.scalars);
    await this.askWhyUnknown([...whole.intervals, ...rest.intervals], signal);
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
        if (why !== null) this.countTrouble = [...this.countTrouble, troubleWith('metrics', `${backend}: ${why}`)];
      } catch (error) {
        if (!(error instanceof AdapterUnavailableError)) throw error;
      }
    }
  }

  private observeAll(intervals: readonly AnalysisInterval[], scalars: Readonly<Record<string, number>>): void {
    intervals.forEach((interval, index) => {
      // Instant values of the past cannot be asked for: only the newest interval has them, older ones are unknown.
      this.observe(index === intervals.length - 1 ? { ...interval, scalars } : interval);
      this.observedUntilMs = interval.endMs;
    });
  }

  private observe(interval: AnalysisInterval): void {
    this.soFar = observeStage(this.view.plan.analysis, this.soFar, interval);
    this.onObserved(interval, this.state);
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
    return (candidate.latencyHistogram?.at(-1)?.count ?? 0) < candidate.requests / 2;
  }

  /** A picture every few seconds of hundreds of stages should not cost what nobody compares. */
  private get comparesWithBaseline(): boolean {
    return this.view.plan.analysis.checks.some(({ kind }) => kind === 'baseline');
  }

  private async readWhole(nowMs: number, signal?: AbortSignal): Promise<Read> {
    const stepMs = this.view.monitoringIntervalMs;
    const steps = Math.floor((nowMs - this.observedUntilMs) / stepMs);
    return steps < 1 ? NOTHING : this.read(this.observedUntilMs, this.observedUntilMs + steps * stepMs, stepMs, signal);
  }

  private async readRest(nowMs: number, signal?: AbortSignal, withBaseline = true): Promise<Read> {
    const restMs = nowMs - this.observedUntilMs;
    return restMs < 1 ? NOTHING : this.read(this.observedUntilMs, nowMs, restMs, signal, withBaseline);
  }

  private async read(
    fromMs: number,
    toMs: number,
    stepMs: number,
    signal?: AbortSignal,
    withBaseline = true,
  ): Promise<Read> {
    const { candidate, baseline } = this.view.roles;
    const [candidateSamples, baselineSamples, scalars] = await Promise.all([
      this.samples(candidate, fromMs, toMs, stepMs, signal),
      withBaseline ? this.samples(baseline, fromMs, toMs, stepMs, signal) : null,
      this.scalars(toMs, signal),
    ]);
    const intervals = candidateSamples.map((sample, index) => ({
      startMs: fromMs + index * stepMs,
      endMs: fromMs + (index + 1) * stepMs,
      candidate: sample,
      ...(baselineSamples === null ? {} : { baseline: baselineSamples[index] ?? 'no-data' }),
    }));
    return { intervals, scalars };
  }

  private samples(
    backend: string,
    fromMs: number,
    toMs: number,
    stepMs: number,
    signal?: AbortSignal,
  ): Promise<readonly Sampled[]> {
    return this.service.metrics.samples(this.queryOf(backend, { fromMs, toMs, stepMs }), signal);
  }

  private queryOf(backend: string, range: Pick<SampleQuery, 'fromMs' | 'toMs' | 'stepMs'>): SampleQuery {
    const { service, targets } = this.service.route;
    return { service, backend, target: targets[backend] ?? backend, ...range };
  }

  /** A query that cannot be answered leaves its value unknown; the counts, and what they prove, are known without it. */
  private async scalars(atMs: number, signal?: AbortSignal): Promise<Readonly<Record<string, number>>> {
    const { plan, roles } = this.view;
    const trouble: string[] = [];
    const values = await Promise.all(
      namedScalars(plan).map(async (scalar) => {
        try {
          return [scalar.name, await readScalar(this.service, plan, roles.candidate, scalar, atMs, signal)] as const;
        } catch (error) {
          if (!(error instanceof AdapterUnavailableError)) throw error;
          trouble.push(`${scalar.name}: ${error.message}`);
          return [scalar.name, 'no-data'] as const;
        }
      }),
    );
    this.queryTrouble = trouble;
    return Object.fromEntries(values.filter((entry): entry is readonly [string, number] => entry[1] !== 'no-data'));
  }
}

/** Intervals, and the values at their end. */
interface Read {
  readonly intervals: readonly AnalysisInterval[];
  readonly scalars: Readonly<Record<string, number>>;
}

const NOTHING: Read = { intervals: [], scalars: {} };
