import { randomUUID } from 'node:crypto';
import { ApplicationFailure, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { HeadgateError } from '../../../src/domain/errors.js';
import type { CommandAction } from '../schedule/schedule.js';
import { textOf } from '../schedule/texts.js';
import type { CommandFact } from '../timeline/timeline.js';
import type { ChaosWorld } from '../world/world.js';
import { byCommandLine } from './by-command-line.js';
import { byLibrary } from './by-library.js';
import { referenceOf, stageOf } from './naming.js';
import type { Recorder } from './recorder.js';
import type { ServiceMemory } from './services.js';
import { shortened } from './shortened.js';

const DEADLINE_MS = 12_000;

/** Sends what a person or a program would send, as often as the schedule says. */
export async function sendCommand(
  world: ChaosWorld,
  recorder: Recorder,
  memory: ServiceMemory,
  action: CommandAction,
): Promise<void> {
  const message = messageOf(action, memory);
  const { service, verb: what, names, stage, fields } = action;
  const textBytes = Buffer.byteLength(textOf(action.reason)) + Buffer.byteLength(textOf(action.by));
  const command = { service, what, names, stage, fields, textBytes };
  await Promise.all(
    Array.from({ length: action.times }, () =>
      recordCommand(world, recorder, command, () => {
        switch (action.channel) {
          case 'client':
            return byLibrary(world.temporal.client, action, memory);
          case 'cli':
            return byCommandLine(world, recorder, memory, action);
          case 'update':
          case 'signal':
            return byTemporal(world, action, message);
        }
      }),
    ),
  );
}

/** Sends something and keeps what came of it. */
export async function recordCommand(
  { temporal }: ChaosWorld,
  recorder: Recorder,
  command: Pick<CommandFact, 'service' | 'what' | 'names' | 'stage' | 'fields' | 'textBytes'>,
  send: () => Promise<unknown>,
): Promise<void> {
  const askedMs = Date.now();
  const done = (result: CommandFact['result'], said: string): void => {
    recorder.commands.push({ ...command, askedMs, answeredMs: Date.now(), result, said });
  };
  try {
    const said = await temporal.client.withDeadline(askedMs + DEADLINE_MS, send);
    done('accepted', typeof said === 'string' ? said : '');
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
    ...(names === 'nothing' ? {} : { rolloutId: referenceOf(service, names, memory) }),
    ...(stage === 'nothing' ? {} : { stage: stageOf(stage, memory) }),
    ...fields,
  };
}
