import type { AnalysisInterval, Sampled } from '../domain/analysis/sample.js';
import { beginStage, observeStage, type StageSoFar } from '../domain/analysis/stage-so-far.js';
import { observe, type AnalysisState } from '../domain/analysis/state.js';
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
  private soFar: StageSoFar;
  private observedUntilMs: number;

  constructor(
    private readonly service: ServicePorts,
    private readonly view: StageView,
    /** Told of every interval, with what is known after it. */
    private readonly onObserved: (interval: AnalysisInterval, state: AnalysisState) => void = () => undefined,
  ) {
    this.soFar = beginStage(view.plan.analysis, view.carried);
    this.observedUntilMs = view.startedAtMs;
  }

  /** Everything observed in whole intervals so far. */
  get state(): AnalysisState {
    return this.soFar.state;
  }

  /** Requests that the candidate served in them. */
  get candidateRequests(): number {
    return this.soFar.candidateRequests;
  }

  /** Observes every whole interval that has ended by `nowMs`; true when there was one. */
  async advance(nowMs: number, signal?: AbortSignal): Promise<boolean> {
    const stepMs = this.view.monitoringIntervalMs;
    const steps = Math.floor((nowMs - this.observedUntilMs) / stepMs);
    if (steps < 1) return false;
    const untilMs = this.observedUntilMs + steps * stepMs;
    for (const interval of await this.read(this.observedUntilMs, untilMs, stepMs, signal)) this.observe(interval);
    this.observedUntilMs = untilMs;
    return true;
  }

  /** The state with what the interval under way has shown so far; forgotten again. */
  async peek(nowMs: number, signal?: AbortSignal): Promise<AnalysisState> {
    const [partial] = await this.readRest(nowMs, signal, this.comparesWithBaseline);
    return partial === undefined ? this.state : observe(this.view.plan.analysis, this.state, partial);
  }

  /** Observes everything until `nowMs`, the interval under way included. */
  async finish(nowMs: number, signal?: AbortSignal): Promise<void> {
    await this.advance(nowMs, signal);
    for (const interval of await this.readRest(nowMs, signal)) this.observe(interval);
    this.observedUntilMs = nowMs;
  }

  private observe(interval: AnalysisInterval): void {
    this.soFar = observeStage(this.view.plan.analysis, this.soFar, interval);
    this.onObserved(interval, this.state);
  }

  /** A picture every few seconds of hundreds of stages should not cost what nobody compares. */
  private get comparesWithBaseline(): boolean {
    return this.view.plan.analysis.checks.some(({ kind }) => kind === 'baseline');
  }

  private async readRest(
    nowMs: number,
    signal?: AbortSignal,
    withBaseline = true,
  ): Promise<readonly AnalysisInterval[]> {
    const restMs = nowMs - this.observedUntilMs;
    return restMs < 1 ? [] : this.read(this.observedUntilMs, nowMs, restMs, signal, withBaseline);
  }

  private async read(
    fromMs: number,
    toMs: number,
    stepMs: number,
    signal?: AbortSignal,
    withBaseline = true,
  ): Promise<readonly AnalysisInterval[]> {
    const { candidate, baseline } = this.view.roles;
    const [candidateSamples, baselineSamples, scalars] = await Promise.all([
      this.samples(candidate, fromMs, toMs, stepMs, signal),
      withBaseline ? this.samples(baseline, fromMs, toMs, stepMs, signal) : null,
      this.scalars(toMs, signal),
    ]);
    return candidateSamples.map((sample, index) => ({
      startMs: fromMs + index * stepMs,
      endMs: fromMs + (index + 1) * stepMs,
      candidate: sample,
      ...(baselineSamples === null ? {} : { baseline: baselineSamples[index] ?? 'no-data' }),
      ...(index === candidateSamples.length - 1 ? { scalars } : {}),
    }));
  }

  private samples(
    backend: string,
    fromMs: number,
    toMs: number,
    stepMs: number,
    signal?: AbortSignal,
  ): Promise<readonly Sampled[]> {
    const { route, metrics } = this.service;
    return metrics.samples(
      { service: route.service, backend, target: route.targets[backend] ?? backend, fromMs, toMs, stepMs },
      signal,
    );
  }

  /** Instant values of the past cannot be asked for: only the newest interval has them, older ones are unknown. */
  private async scalars(atMs: number, signal?: AbortSignal): Promise<Record<string, number>> {
    const { plan, roles } = this.view;
    const values = await Promise.all(
      namedScalars(plan).map(
        async ({ name, query }) =>
          [name, await readScalar(this.service, plan, roles.candidate, query, atMs, signal)] as const,
      ),
    );
    return Object.fromEntries(values.filter((entry): entry is readonly [string, number] => entry[1] !== 'no-data'));
  }
}
