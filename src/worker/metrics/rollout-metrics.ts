import { Counter, Gauge, Registry } from 'prom-client';
import type { RolloutObserver } from '../../ports/rollout-observer.js';
import type { Exposition } from '../health-server.js';
import type { InFlight } from './in-flight.js';
import { Outcomes } from './outcomes.js';
import { Watches } from './watches.js';

/** Asks Temporal what is in flight; `null` when it does not say. */
export type AskInFlight = () => Promise<readonly InFlight[] | null>;

/** What a worker tells Prometheus: what is in flight anywhere, what it guards itself, and how rollouts ended on it. */
export class RolloutMetrics implements RolloutObserver {
  private readonly registry = new Registry();
  private readonly watches: Watches;
  private readonly outcomes = new Outcomes(this.registry);
  private readonly ready = new Gauge({
    name: 'headgate_worker_ready',
    help: '1 while the worker polls its task queues, and its version is given work.',
    registers: [this.registry],
  });
  private readonly answered = new Gauge({
    name: 'headgate_temporal_up',
    help: '1 when Temporal said, at this scrape, which rollouts are in flight.',
    registers: [this.registry],
  });
  private readonly inFlight = new Gauge({
    name: 'headgate_rollout_in_flight',
    help: '1 for every rollout in flight, whichever worker carries it: every worker tells the same.',
    labelNames: ['service', 'phase'] as const,
    registers: [this.registry],
  });
  private readonly needsHuman = new Gauge({
    name: 'headgate_rollout_needs_human',
    help: '1 for a rollout in flight that waits for a person, or whose undo does not succeed; else 0.',
    labelNames: ['service', 'phase'] as const,
    registers: [this.registry],
  });

  private readonly hooks = new Counter({
    name: 'headgate_hook_answers_total',
    help: 'Questions and notices of hooks that are over, by answer; "unknown" got none by its deadline.',
    labelNames: ['hook', 'moment', 'answer'] as const,
    registers: [this.registry],
  });

  constructor(
    slots: number,
    private readonly isReady: () => boolean,
    private readonly ask: AskInFlight,
  ) {
    this.watches = new Watches(this.registry, slots);
  }

  readonly watching: RolloutObserver['watching'] = (stage) => this.watches.begin(stage);

  readonly concluded: RolloutObserver['concluded'] = (status) => this.outcomes.count(status);

  readonly ranHook: NonNullable<RolloutObserver['ranHook']> = ({ hook, moment, answer }) =>
    this.hooks.inc({ hook, moment, answer });

  async expose(): Promise<Exposition> {
    const rollouts = await this.ask();
    this.ready.set(this.isReady() ? 1 : 0);
    this.answered.set(rollouts === null ? 0 : 1);
    // What is not known is left out: an old answer would look like a new one.
    this.inFlight.reset();
    this.needsHuman.reset();
    for (const { service, phase, needsHuman } of rollouts ?? []) {
      this.inFlight.set({ service, phase }, 1);
      this.needsHuman.set({ service, phase }, needsHuman ? 1 : 0);
    }
    this.watches.show();
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }
}
