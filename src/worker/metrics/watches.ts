import { Gauge, type Registry } from 'prom-client';
import { SOURCES, type WatchPicture } from '../../domain/traffic/picture.js';
import { splitBetween } from '../../domain/traffic/weights.js';
import type { WatchedStage, WatchObserver } from '../../ports/rollout-observer.js';

interface Watched {
  readonly stage: WatchedStage;
  picture: WatchPicture | null;
}

/** What the watches of this worker see. A service's series are there while this worker guards it, and no longer. */
export class Watches {
  /** By service. Where a new watch replaces an old one, both live for a moment: the newer counts. */
  private readonly running = new Map<string, Watched>();
  private readonly gauges;

  constructor(registry: Registry, slots: number) {
    const registers = [registry];
    this.gauges = {
      running: new Gauge({
        name: 'headgate_watch_running',
        help: '1 while this worker guards a stage of the service.',
        labelNames: ['service'] as const,
        registers,
      }),
      blind: new Gauge({
        name: 'headgate_watch_blind',
        help: '1 while the watch gets no answer from its metrics or its router, which holds the rollout.',
        labelNames: ['service', 'source'] as const,
        registers,
      }),
      weight: new Gauge({
        name: 'headgate_rollout_weight_ratio',
        help: 'The share of traffic, 0 to 1, that a backend should have (desired) and had when it was read last (observed).',
        labelNames: ['service', 'backend', 'kind'] as const,
        registers,
      }),
      value: new Gauge({
        name: 'headgate_check_value',
        help: "What a check measured at the candidate so far, in the check's own unit: a fraction, ms, 1/s.",
        labelNames: ['service', 'check', 'bound'] as const,
        registers,
      }),
      verdict: new Gauge({
        name: 'headgate_check_verdict',
        help: '1 for the verdict that a check has now.',
        labelNames: ['service', 'check', 'bound', 'verdict'] as const,
        registers,
      }),
      health: new Gauge({
        name: 'headgate_rollout_health_score',
        help: 'How well the candidate is, 0 to 1.',
        labelNames: ['service'] as const,
        registers,
      }),
    };
    new Gauge({
      name: 'headgate_watch_slots',
      help: 'How many stages this worker can guard at once.',
      registers,
    }).set(slots);
  }

  begin(stage: WatchedStage): WatchObserver {
    const watched: Watched = { stage, picture: null };
    this.running.set(stage.service, watched);
    return {
      saw(picture) {
        watched.picture = picture;
      },
      ended: () => {
        if (this.running.get(stage.service) === watched) this.running.delete(stage.service);
      },
    };
  }

  /** Shows what the watches saw last, and nothing of those that have ended. */
  show(): void {
    for (const gauge of Object.values(this.gauges)) gauge.reset();
    for (const [service, { stage, picture }] of this.running) {
      this.gauges.running.set({ service }, 1);
      this.showWeights(service, 'desired', splitBetween(stage.roles, stage.sharePercent));
      if (picture !== null) this.showPicture(service, picture);
    }
  }

  private showPicture(service: string, picture: WatchPicture): void {
    for (const source of SOURCES)
      this.gauges.blind.set({ service, source }, picture.blind?.includes(source) === true ? 1 : 0);
    this.showWeights(service, 'observed', picture.observed ?? []);
    if (picture.healthScore !== null) this.gauges.health.set({ service }, picture.healthScore);
    for (const { name: check, bound, value, verdict } of picture.checks) {
      if (value !== null) this.gauges.value.set({ service, check, bound }, value);
      this.gauges.verdict.set({ service, check, bound, verdict }, 1);
    }
  }

  private showWeights(service: string, kind: 'desired' | 'observed', weights: ReturnType<typeof splitBetween>): void {
    for (const { backend, percent } of weights) this.gauges.weight.set({ service, backend, kind }, percent / 100);
  }
}
