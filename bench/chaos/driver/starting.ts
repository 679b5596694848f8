import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { CanaryDeployment } from '../../../src/client/canary/canary-deployment.js';
import { RolloutInFlightError } from '../../../src/client/errors.js';
import { HeadgateError } from '../../../src/domain/errors.js';
import type { PlanShape, StartAction } from '../schedule/schedule.js';
import { textOf } from '../schedule/texts.js';
import type { StartFact } from '../timeline/timeline.js';
import { runCommand } from '../world/command-line.js';
import type { Slot } from '../world/plane.js';
import type { ChaosWorld } from '../world/world.js';
import { canaryPlanOf, specificationOf } from './plans.js';
import { shortened } from './shortened.js';

const START_DEADLINE_MS = 12_000;
const WAIT_MS = 90_000;

/** What a start is made of. */
export interface StartOrder {
  readonly service: string;
  readonly via: StartAction['via'];
  readonly plan: PlanShape;
  readonly adopt: Slot | null;
  readonly requestedBy: string;
  readonly requestId: string | null;
  readonly historyLimit?: number;
}

export type StartAnswer = Pick<StartFact, 'result' | 'firstRunId' | 'said'>;

export function orderOf(action: StartAction, adopt: Slot | null, requestId: string | null): StartOrder {
  const { service, via, plan, requestedBy, historyLimit } = action;
  return {
    service,
    via,
    plan,
    adopt,
    requestedBy: textOf(requestedBy),
    requestId,
    ...(historyLimit === undefined ? {} : { historyLimit }),
  };
}

/** By the library or as raw JSON. */
export async function startByClient(world: ChaosWorld, order: StartOrder): Promise<StartAnswer> {
  const { client } = world.temporal;
  const { service, via, requestedBy, requestId, historyLimit } = order;
  const plan = canaryPlanOf(service, order.plan, order.adopt);
  const options = {
    requestedBy,
    ...(requestId === null ? {} : { requestId }),
    ...(historyLimit === undefined ? {} : { historyLimit }),
  };
  return answered(() =>
    client.withDeadline(Date.now() + START_DEADLINE_MS, async () => {
      if (via === 'raw') return { firstRunId: await startRaw(world, service, { plan, ...options }), attached: false };
      const { id, attached } = await new CanaryDeployment({ client }).start(plan, options);
      return { firstRunId: id.split('@')[1] ?? null, attached };
    }),
  );
}

/** Whatever somebody puts in. */
export async function startGarbage(world: ChaosWorld, service: string, input: unknown): Promise<StartAnswer> {
  const { client } = world.temporal;
  return answered(() =>
    client.withDeadline(Date.now() + START_DEADLINE_MS, async () => ({
      firstRunId: await startRaw(world, service, input),
      attached: false,
    })),
  );
}

async function startRaw({ temporal }: ChaosWorld, service: string, input: unknown): Promise<string> {
  const handle = await temporal.client.workflow.start('canaryRollout', {
    workflowId: `rollout/${service}`,
    workflowIdConflictPolicy: 'FAIL',
    taskQueue: 'headgate',
    args: [input],
  });
  return handle.firstExecutionRunId;
}

interface Begun {
  readonly firstRunId: string | null;
  readonly attached: boolean;
}

async function answered(start: () => Promise<Begun>): Promise<StartAnswer> {
  try {
    const { firstRunId, attached } = await start();
    return { result: attached ? 'attached' : 'started', firstRunId, said: '' };
  } catch (error) {
    const said = shortened(error);
    if (error instanceof RolloutInFlightError || error instanceof WorkflowExecutionAlreadyStartedError)
      return { result: 'inFlight', firstRunId: null, said };
    // Anything that Headgate itself says is a refusal; a server that did not answer may have begun it all the same.
    return { result: error instanceof HeadgateError ? 'refused' : 'unknown', firstRunId: null, said };
  }
}

/** What the command line said at its end. */
export interface StartWords extends StartAnswer {
  readonly exitCode: number | null;
  /** Whether it says that it moved traffic, or does not say. */
  readonly moved: boolean;
}

interface StatusDocument {
  readonly currentStage?: number;
  readonly moved?: boolean;
  readonly id?: string;
  readonly code?: string;
}

/** By a command line that waits for the end, as a pipeline does. */
export async function startByCommandLine(world: ChaosWorld, order: StartOrder): Promise<StartWords> {
  const { service, adopt } = order;
  const file = join(world.personFolder, `${service}-${String(Date.now())}.json`);
  await writeFile(file, JSON.stringify(specificationOf(service, order.plan)));
  const { exitCode, document, stderr } = await runCommand({
    words: [
      'start',
      file,
      '--wait',
      '--timeout',
      `${String(WAIT_MS / 1000)}s`,
      ...(adopt === null ? [] : ['--adopt', adopt]),
    ],
    folder: world.personFolder,
    temporalPort: world.temporal.port,
    reaper: world.reaper,
    timeoutMs: WAIT_MS + START_DEADLINE_MS,
  });
  const { id, code, moved, currentStage } = (document ?? {}) as StatusDocument;
  const said = shortened(`exit ${String(exitCode)} ${code ?? ''} ${stderr.split('\n').slice(-3).join(' ')}`);
  const firstRunId = id?.split('@')[1] ?? null;
  const common = { firstRunId, said, exitCode, moved: moved ?? currentStage !== 0 };
  if (code === 'ROLLOUT_IN_FLIGHT') return { ...common, result: 'inFlight' };
  if (firstRunId !== null) return { ...common, result: 'started' };
  return { ...common, result: exitCode === 2 ? 'refused' : 'unknown' };
}
