import { setTimeout as sleep } from 'node:timers/promises';
import type { Activities } from '../../src/activities/contracts.js';
import { workflowIdOf } from '../../src/domain/rollout/rollout-id.js';
import { inParallel } from '../lib/in-parallel.js';
import { round } from '../lib/quantiles.js';
import { benchPlan } from './plan.js';
import { SHARE_PERCENT } from './settings.js';
import type { BenchWorld } from './world.js';

/** Also of looking whether they have settled. */
const START_CONCURRENCY = 32;
const DEADLINE_MS = 120_000;
const WATCH: keyof Activities = 'watchStage';
const SETTLING_LOOK_MS = 200;

/** The rollouts of a run: started, aborted, started again. */
export class BenchRollouts {
  private readonly ids = new Map<string, string>();

  constructor(private readonly world: BenchWorld) {}

  idOf(service: string): string {
    return this.ids.get(service) ?? '';
  }

  async start(service: string, intervalMs = this.world.settings.monitoringIntervalMs): Promise<void> {
    const { deployment } = this.world;
    const { id } = await deployment.start(benchPlan(service, intervalMs), { requestedBy: 'bench' });
    this.ids.set(service, id);
  }

  /** Sends what the client's `rollback` sends; resolves when the server has accepted it. */
  async abort(service: string): Promise<void> {
    const handle = this.world.client.workflow.getHandle(workflowIdOf(service));
    await handle.signal('abort', { rolloutId: this.idOf(service), reason: 'the benchmark asks for it', by: 'bench' });
  }

  /** Until the workflow has completed, its record included. */
  async ended(service: string): Promise<void> {
    await this.world.client.workflow.getHandle(workflowIdOf(service)).result();
  }

  /** Brings every service into flight; answers how many starts were accepted, and how many were in flight, per second. */
  async startAll(services: readonly string[], intervalMs?: number): Promise<StartRates> {
    const begunAtMs = performance.now();
    await inParallel(services, START_CONCURRENCY, (service) => this.start(service, intervalMs));
    const acceptedMs = performance.now() - begunAtMs;
    const reached = await this.world.shares.allReached(services, SHARE_PERCENT, DEADLINE_MS);
    const inFlightMs = Math.max(...reached.values()) - begunAtMs;
    const perSecond = (ms: number): number => round((services.length * 1000) / ms);
    return { acceptedPerSecond: perSecond(acceptedMs), inFlightPerSecond: perSecond(inFlightMs) };
  }

  /** Until nothing is under way in the service's rollout but its watch. */
  async settled(service: string): Promise<void> {
    const handle = this.world.client.workflow.getHandle(workflowIdOf(service));
    const endsAtMs = performance.now() + DEADLINE_MS;
    for (;;) {
      const { pendingWorkflowTask, pendingActivities } = (await handle.describe()).raw;
      const [watch, ...others] = pendingActivities ?? [];
      const watchesOnly = watch?.activityType?.name === WATCH && others.length === 0;
      if (pendingWorkflowTask == null && watchesOnly) return;
      if (performance.now() > endsAtMs) throw new Error(`${service} did not settle in ${String(DEADLINE_MS)} ms`);
      await sleep(SETTLING_LOOK_MS);
    }
  }

  async allSettled(services: readonly string[]): Promise<void> {
    await inParallel(services, START_CONCURRENCY, (service) => this.settled(service));
  }

  /** Starts again those that have been stopped, and waits until they are in flight. */
  async restartAll(services: readonly string[], intervalMs?: number): Promise<void> {
    await inParallel(services, START_CONCURRENCY, (service) => this.ended(service));
    await this.startAll(services, intervalMs);
  }
}

export interface StartRates {
  /** Until the server had accepted the last start. */
  readonly acceptedPerSecond: number;
  /** Until the last candidate had its first share, read back. */
  readonly inFlightPerSecond: number;
}
