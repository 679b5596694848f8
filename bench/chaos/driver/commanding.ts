import { randomUUID } from 'node:crypto';
import { ApplicationFailure, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { CanaryDeployment } from '../../../src/client/canary-deployment.js';
import { HeadgateError } from '../../../src/domain/errors.js';
import type { CommandAction } from '../schedule/schedule.js';
import { textOf } from '../schedule/texts.js';
import type { CommandFact } from '../timeline/timeline.js';
import type { ChaosWorld } from '../world/world.js';
import type { Recorder } from './recorder.js';
import type { ServiceMemory } from './services.js';
import { shortened } from './shortened.js';

const DEADLINE_MS = 12_000;

/** A stage that no plan has. */
const NO_STAGE = 40;

/** A rollout that never was. */
const NO_RUN = '01a20a86-3684-7799-a553-000000000000';

/** Sends what a person or a program would send, as often as the schedule says. */
export async function sendCommand(
  world: ChaosWorld,
  recorder: Recorder,
  memory: ServiceMemory,
  action: CommandAction,
): Promise<void> {
  const message = messageOf(action, memory);
  const { service, verb: what, names, stage, fields } = action;
  const command = { service, what, names, stage, fields };
  await Promise.all(
    Array.from({ length: action.times }, () =>
      recordCommand(world, recorder, command, () =>
        action.channel === 'client' ? byLibrary(world, action, memory) : byTemporal(world, action, message),
      ),
    ),
  );
}

/** Sends something and keeps what came of it. */
export async function recordCommand(
  { temporal }: ChaosWorld,
  recorder: Recorder,
  command: Pick<CommandFact, 'service' | 'what' | 'names' | 'stage' | 'fields'>,
  send: () => Promise<unknown>,
): Promise<void> {
  const askedMs = Date.now();
  const done = (result: CommandFact['result'], said: string): void => {
    recorder.commands.push({ ...command, askedMs, answeredMs: Date.now(), result, said });
  };
  try {
    await temporal.client.withDeadline(askedMs + DEADLINE_MS, send);
    done('accepted', '');
  } catch (error) {
    const isRefusal =
      error instanceof HeadgateError ||
      error instanceof WorkflowNotFoundError ||
      (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure);
    done(isRefusal ? 'refused' : 'unknown', shortened(error));
  }
}

/** As Temporal's command line sends it: JSON, and nothing is looked at before. */
async function byTemporal(
  { temporal }: ChaosWorld,
  { service, verb, channel }: CommandAction,
  message: object,
): Promise<void> {
  const handle = temporal.client.workflow.getHandle(`rollout/${service}`);
  if (channel === 'signal') await handle.signal(verb, message);
  else await handle.executeUpdate(verb, { args: [message], updateId: randomUUID() });
}

function messageOf({ service, names, stage, fields, reason, by }: CommandAction, memory: ServiceMemory): object {
  return {
    by: textOf(by),
    reason: textOf(reason),
    commandId: randomUUID(),
    ...(names === 'nothing' ? {} : { rolloutId: `${service}@${runOf(names, memory)}` }),
    ...(stage === 'nothing' ? {} : { stage: stage === 'wrong' ? NO_STAGE : (memory.look?.stage ?? 1) }),
    ...fields,
  };
}

function runOf(names: 'current' | 'stale', { current, stale }: ServiceMemory): string {
  return (names === 'current' ? current : stale[0]) ?? NO_RUN;
}

/** Fields that the library's types do not allow are not sent by it. */
async function byLibrary({ temporal }: ChaosWorld, action: CommandAction, memory: ServiceMemory): Promise<unknown> {
  const { service, names, stage, fields, verb } = action;
  const ref = names === 'nothing' ? service : `${service}@${runOf(names, memory)}`;
  const deployment = new CanaryDeployment({ client: temporal.client });
  const ifStage = stage === 'nothing' ? {} : { ifStage: stage === 'wrong' ? NO_STAGE : (memory.look?.stage ?? 1) };
  const asking = { by: textOf(action.by), reason: textOf(action.reason), ...ifStage };
  switch (verb) {
    case 'approve':
      return deployment.approve(ref, asking);
    case 'reject':
      return deployment.reject(ref, asking);
    case 'pause': {
      const { durationMinutes } = fields;
      return deployment.pause(ref, { ...asking, ...(typeof durationMinutes === 'number' ? { durationMinutes } : {}) });
    }
    case 'resume': {
      const { modifiedConfig } = fields;
      const isConfig = typeof modifiedConfig === 'object' && modifiedConfig !== null;
      return deployment.resume(ref, {
        ...asking,
        ...(isConfig ? { modifiedConfig } : {}),
      });
    }
    case 'promote':
      return deployment.promoteToNextStage(ref, { ...asking, ...(fields.full === true ? { full: true } : {}) });
    case 'abort':
      return deployment.rollback(ref, asking);
    case 'emergencyStop':
      return deployment.emergencyStop(ref, asking);
    case 'finish':
      return deployment.finish(ref, asking);
    case 'configure':
      return deployment.enableAutoProgression(ref, {}, asking);
    case 'setRollbackPolicy':
      return deployment.setRollbackPolicy(ref, { policy: { errorRateThreshold: 0.2 } }, asking);
  }
}
