import type { Analysis } from '../../domain/analysis/analysis.js';
import { findingIn } from '../../domain/analysis/breach.js';
import { healthScore } from '../../domain/analysis/health-score.js';
import { viewsOf } from '../../domain/analysis/pictures.js';
import { conclusionOf, verdictOf } from '../../domain/analysis/stage-verdict.js';
import { AdapterUnavailableError } from '../../domain/errors.js';
import { boundedWarnings } from '../../domain/rollout/bounded.js';
import type { Source, WatchPicture } from '../../domain/traffic/picture.js';
import { probeSuccess } from '../../domain/health/probe-log.js';
import { splitBetween, type Weights } from '../../domain/traffic/weights.js';
import type { ServicePorts } from '../../ports/service.js';
import type { WatchEnd, WatchInput } from '../contracts.js';
import { ObservedReading } from '../observing/observed-reading.js';
import type { Observer } from '../observing/observer.js';
import { StageEvidence } from '../stage-evidence.js';
import type { KeptValues } from '../values/measured-values.js';
import { valuesIn } from '../values/observed-values.js';
import type { GuardUndos } from '../guard/guard-undos.js';
import { driftOf, isNewerDecision, undoneIn } from '../drift.js';
import { meanwhile } from './meanwhile.js';
import { Probes, type ProbeMemory } from './probes.js';

/** What travels in heartbeats: the picture for people, and the probes and values that cannot be asked for again. */
export interface WatchMemory extends ProbeMemory {
  readonly picture: WatchPicture;
  readonly values?: KeptValues;
  /** Its guard has ended in order: whoever goes on need not fear that it lives on elsewhere. */
  readonly isHandedOver?: true;
}

/** What is only shown may wait for so much of an interval, so that hundreds of stages ask for it together. */
const PATIENCE = 0.025;
const LONGEST_PATIENCE_MS = 250;

type Breach = Extract<WatchEnd, { kind: 'breach' }>;

/** One watch of one stage. */
export class StageWatch {
  private readonly evidence: StageEvidence;
  private readonly reading: ObservedReading;
  private readonly probes: Probes;
  private observed: Weights | null = null;
  private shown: Analysis;
  private trouble: readonly string[] = [];
  private routerTrouble: readonly string[] = [];
  private blind: readonly Source[] = [];
  private hasNews = false;
  private nextWeightsLookMs = 0;
  private hasLooked = false;

  constructor(
    private readonly service: ServicePorts,
    private readonly input: WatchInput,
    memory: Omit<WatchMemory, 'picture'> | null,
    private readonly observer: Observer,
    private readonly undos: GuardUndos,
  ) {
    this.reading = new ObservedReading(observer, input, 'watch', input.known.sharedBreach);
    this.evidence = new StageEvidence(
      service,
      input,
      (interval, analysis) => {
        this.reading.observed(interval, analysis);
      },
      {
        kept: memory?.values,
        known: observer.values,
        recall: async () => valuesIn(await observer.linesOf(input.rolloutId), input),
      },
    );
    this.probes = new Probes(service, input, memory ?? undefined);
    this.shown = this.evidence.analysis;
  }

  /** Looks once at everything; `null` while nothing is wrong. */
  async look(nowMs: number, signal: AbortSignal): Promise<WatchEnd | null> {
    const trouble: string[] = [];
    const checks = () => this.knowing('metrics', trouble, () => this.lookAtChecks(nowMs, signal));
    const found =
      (await this.lookAtWeightsFirst(nowMs)) ??
      (this.probes.isOfBoth
        ? await this.probingMeanwhile(async () => (await checks()) ?? (await this.lookAtWeights(nowMs)), signal)
        : ((await checks()) ?? (await this.lookAtProbes(nowMs, signal)) ?? (await this.lookAtWeights(nowMs))));
    this.trouble = [...trouble, ...this.routerTrouble, ...this.evidence.trouble];
    this.blind = [
      ...(trouble.length > 0 || this.evidence.lacksCounts ? (['metrics'] as const) : []),
      ...(this.routerTrouble.length > 0 ? (['router'] as const) : []),
    ];
    const end = found ?? this.lookForProof(nowMs);
    const unkept = this.observer.troubleOf(this.input.rolloutId);
    if (unkept !== null) this.trouble = [...this.trouble, `observations: ${unkept}`];
    return end;
  }

  get memory(): WatchMemory {
    const values = this.evidence.keptValues;
    const kept = Object.keys(values).length === 0 ? {} : { values };
    return { picture: this.picture(), ...this.probes.memory, ...kept };
  }

  /** When it wants to look again before its next tick, epoch milliseconds. */
  get nextLookMs(): number {
    return this.probes.nextRoundMs;
  }

  /** For what decides nothing in a hurry. */
  private get patienceMs(): number {
    return Math.min(LONGEST_PATIENCE_MS, this.input.monitoringIntervalMs * PATIENCE);
  }

  /** What cannot be known is trouble to show, never a breach. */
  private async knowing(
    source: Source,
    trouble: string[],
    look: () => Promise<WatchEnd | null>,
  ): Promise<WatchEnd | null> {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof AdapterUnavailableError)) throw error;
      trouble.push(`${source}: ${error.message}`);
      return null;
    }
  }

  private async lookAtChecks(nowMs: number, signal: AbortSignal): Promise<WatchEnd | null> {
    if (this.input.isWaiting === true) return null;
    this.hasNews = false;
    this.hasNews = await this.evidence.advance(nowMs, signal);
    if (this.hasNews) this.reading.flush();
    this.shown = this.hasNews ? this.evidence.analysis : await this.evidence.peek(nowMs, signal, this.patienceMs);
    if (this.input.known.breach === true) return null;
    const finding = findingIn(this.evidence.analysis, this.input.known.sharedBreach);
    if (finding === null) return null;
    return this.withWayBack({ ...finding, kind: 'breach', source: 'checks', sampledAtMs: nowMs }, signal);
  }

  /** Both are probed in time, however long a metric source or a router takes: a way back must be known to be healthy. */
  private async probingMeanwhile(look: () => Promise<WatchEnd | null>, signal: AbortSignal): Promise<WatchEnd | null> {
    const probe = (): Promise<WatchEnd | null> => {
      signal.throwIfAborted();
      return this.lookAtProbes(Date.now(), signal);
    };
    return (await probe()) ?? meanwhile(look(), { dueMs: () => this.probes.nextRoundMs, look: probe });
  }

  private async lookAtProbes(nowMs: number, signal: AbortSignal): Promise<WatchEnd | null> {
    const unhealthy = await this.probes.look(nowMs, signal);
    if (unhealthy === null || this.input.known.breach === true || this.input.isWaiting === true) return null;
    const { reason, shared } = await this.probes.harm(unhealthy, signal);
    if (shared && this.input.known.sharedBreach) return null;
    const evidence = this.probes.log;
    return this.withWayBack({ kind: 'breach', source: 'probes', reason, evidence, shared, sampledAtMs: nowMs }, signal);
  }

  /** Where the baseline is not known to be healthy now, nothing may go back to it: people are told so, once. */
  private async withWayBack(breach: Breach, signal: AbortSignal): Promise<Breach | null> {
    const noWayBack = breach.shared ? null : await this.probes.noWayBack(signal);
    if (noWayBack === null) return breach;
    if (this.input.known.sharedBreach) return null;
    return { ...breach, shared: true, reason: `${breach.reason}; ${noWayBack}` };
  }

  /** A breach is kept as it was acted upon, so that it is known when its news is lost. */
  note({ sampledAtMs: atMs, source, shared, reason, undoneAtMs }: Breach, fence?: number): void {
    const undone = fence === undefined || undoneAtMs === undefined ? {} : { undone: { atMs: undoneAtMs, fence } };
    this.reading.breached({ atMs, source, shared, reason, ...undone });
  }

  /** Before anything else, whoever takes over looks whether the guard of before has undone the stage. */
  private async lookAtWeightsFirst(nowMs: number): Promise<WatchEnd | null> {
    const found = this.hasLooked ? null : await this.lookAtWeights(nowMs);
    this.hasLooked = true;
    return found;
  }

  /** Once per interval; what could not be known stays trouble until it is looked at again. */
  private async lookAtWeights(nowMs: number): Promise<WatchEnd | null> {
    if (nowMs < this.nextWeightsLookMs) return null;
    this.nextWeightsLookMs = nowMs + this.input.monitoringIntervalMs;
    const trouble: string[] = [];
    const found = await this.knowing('router', trouble, () => this.readWeights());
    this.routerTrouble = trouble;
    return found;
  }

  private async readWeights(): Promise<WatchEnd | null> {
    const { router, route } = this.service;
    const instances = await router.readWeights(route, this.hasLooked ? { patienceMs: this.patienceMs } : {});
    this.observed = instances.flatMap((instance) => ('weights' in instance ? [instance.weights] : []))[0] ?? null;
    const { rolloutId, roles, sharePercent, fences, known, comesFromPercent } = this.input;
    const undone = await undoneIn(instances, this.undos, { rolloutId, fences });
    if (undone !== null)
      return { kind: 'breach', source: 'checks', shared: false, sampledAtMs: undone.undoneAtMs, ...undone };
    const expected = splitBetween(roles, sharePercent);
    const drift = comesFromPercent === undefined ? driftOf(instances, expected, fences) : null;
    if (drift !== null && isNewerDecision(instances, expected, fences)) return { kind: 'outdated', reason: drift };
    if (drift !== null && !known.drift) return { kind: 'drift', reason: drift };
    const lost = instances.flatMap((instance) => ('unreachable' in instance ? [instance.instance] : []));
    if (lost.length > 0) throw new AdapterUnavailableError('router', `${lost.join(', ')} cannot be read`);
    return null;
  }

  /** Asked of whole intervals, and only when nothing speaks against the candidate. */
  private lookForProof(nowMs: number): WatchEnd | null {
    const { proofFromMs } = this.input;
    if (proofFromMs === undefined || nowMs < proofFromMs || !this.hasNews || this.trouble.length > 0) return null;
    const { proven, reason } = conclusionOf(this.evidence.analysis);
    return proven ? { kind: 'proven', reason, sampledAtMs: nowMs } : null;
  }

  private picture(): WatchPicture {
    const checks = viewsOf(this.shown);
    return {
      at: new Date().toISOString(),
      stage: this.input.stage,
      observed: this.observed,
      checks,
      verdict: verdictOf(this.shown),
      healthScore: healthScore(checks, probeSuccess(this.probes.log)),
      probeSuccess: probeSuccess(this.probes.log),
      ...this.probes.picture,
      candidateRequests: this.evidence.analysis.candidateRequests,
      trouble: boundedWarnings(this.trouble),
      ...(this.blind.length === 0 ? {} : { blind: this.blind }),
    };
  }
}
