import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { residentMiB } from '../../lib/process-usage.js';
import type { Look } from '../timeline/timeline.js';
import type { ChaosWorld } from '../world/world.js';
import type { Recorder } from './recorder.js';
import type { Services } from './services.js';

const LOOK_EVERY_MS = 600;
const DEADLINE_MS = 2500;
const REASON_EVERY_MS = 4000;

/** What Temporal calls an activity that is under way (`PENDING_ACTIVITY_STATE_STARTED`). */
const ACTIVITY_STARTED = 2;
const GUARD = 'watchStage';

/** Looks again and again at what is in flight, and at how much memory the workers take. */
export class Tracker {
  private readonly stopping = new AbortController();
  private readonly reasons = new Map<string, { readonly atMs: number; readonly text: string | null }>();
  private readonly looking: Promise<void>;

  constructor(
    private readonly world: ChaosWorld,
    private readonly recorder: Recorder,
    private readonly services: Services,
    private readonly names: readonly string[],
  ) {
    this.looking = this.lookOn();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.looking;
  }

  private async lookOn(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await Promise.all(this.names.map((name) => this.lookAt(name)));
      await this.weigh();
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async lookAt(service: string): Promise<void> {
    const memory = this.services.of(service);
    if (memory.current === null) return;
    const { client } = this.world.temporal;
    try {
      const description = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.getHandle(`rollout/${service}`).describe(),
      );
      const firstRunId = description.raw.workflowExecutionInfo?.firstRunId || description.runId;
      memory.began(firstRunId);
      if (description.status.name !== 'RUNNING') {
        memory.look = null;
        return;
      }
      const look = await this.lookFrom(client, service, firstRunId, description);
      memory.look = look;
      this.recorder.looks.push(look);
    } catch {
      // A server that is away is part of the round.
      return;
    }
  }

  private async lookFrom(
    client: Client,
    service: string,
    firstRunId: string,
    description: WorkflowExecutionDescription,
  ): Promise<Look> {
    const atMs = Date.now();
    const { raw, historyLength, typedSearchAttributes } = description;
    const attributes = new Map(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    const guard = raw.pendingActivities?.find(
      ({ activityType, state }) => activityType?.name === GUARD && Number(state) === ACTIVITY_STARTED,
    );
    const needsHuman = attributes.get('HeadgateNeedsHuman') === true;
    return {
      atMs,
      service,
      firstRunId,
      phase: String(attributes.get('HeadgatePhase') ?? 'waiting'),
      stage: Number(attributes.get('HeadgateStage') ?? 0),
      percent: Number(attributes.get('HeadgateTrafficPercent') ?? 0),
      needsHuman,
      reason: needsHuman ? await this.reasonOf(client, service, firstRunId) : null,
      events: historyLength,
      taskAttempt: raw.pendingWorkflowTask?.attempt ?? 0,
      guardPid: guard?.lastWorkerIdentity == null ? null : Number.parseInt(guard.lastWorkerIdentity, 10),
    };
  }

  private async reasonOf(client: Client, service: string, firstRunId: string): Promise<string | null> {
    const known = this.reasons.get(firstRunId);
    if (known !== undefined && Date.now() - known.atMs < REASON_EVERY_MS) return known.text;
    const text = await client
      .withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.getHandle(`rollout/${service}`).query<{ readonly needsHuman: string | null }>('status'),
      )
      .then(
        ({ needsHuman }) => needsHuman,
        () => null,
      );
    this.reasons.set(firstRunId, { atMs: Date.now(), text });
    return text;
  }

  private async weigh(): Promise<void> {
    await Promise.all(
      this.world.workers.map(async (worker, index) => {
        const pid = worker.pid();
        const mib = await residentMiB(pid).catch(() => NaN);
        if (mib > 0) this.recorder.memory.push({ atMs: Date.now(), worker: index, pid, residentMiB: mib });
      }),
    );
  }
}
