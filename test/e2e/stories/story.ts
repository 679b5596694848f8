import type { WorkflowHandle } from '@temporalio/client';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import type { RolloutStatus } from '../../../src/domain/staged-traffic/status.js';
import type { World, WorldOptions } from '../support/world.js';

/** A run whose history is recorded. */
export interface RecordedRun {
  readonly workflowId: string;
  /** Default: the newest. */
  readonly runId?: string;
}

/** Something that happens to a rollout, whose history is kept and replayed for ever. */
export interface Story {
  /** Of what kind of rollout it tells. Default `canary`. */
  readonly kind?: string;
  /** The moments at which a hook is asked or told, which says yes. Default none. */
  readonly hooked?: readonly string[];
  readonly plan: CanaryPlan;
  readonly world?: WorldOptions;
  /** Begins what is recorded. Default: starts the plan. */
  readonly begin?: (world: World) => Promise<{ readonly id: string }>;
  /** What happens before it ends. Default: nothing. */
  readonly act?: (world: World, id: string) => Promise<unknown>;
  /** Other runs that are recorded with it, by name. */
  readonly also?: (world: World, id: string) => Promise<Readonly<Record<string, RecordedRun>>>;
}

export type Stories = Readonly<Record<string, Story>>;

/** For what a rollout of seconds waits on a busy machine. */
const PATIENCE_MS = 60_000;

export const seen = (world: World, id: string, what: string, holds: (status: RolloutStatus) => boolean) =>
  world.status(id, what, holds, PATIENCE_MS);

export const baked = (world: World, id: string) =>
  seen(world, id, 'the stage to bake', ({ stageEndsAt }) => stageEndsAt !== null);

export const inPhase = (world: World, id: string, phase: string) =>
  seen(world, id, `the phase ${phase}`, (status) => status.phase === phase);

export const workflowIdIn = (world: World, service = 'checkout') => `${world.taskQueue}/rollout/${service}`;

export const handleIn = (world: World, service?: string): WorkflowHandle =>
  world.client.workflow.getHandle(workflowIdIn(world, service));
