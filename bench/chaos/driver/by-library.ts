import type { Client } from '@temporalio/client';
import { CanaryDeployment } from '../../../src/client/canary/canary-deployment.js';
import type { CommandAction } from '../schedule/schedule.js';
import { textOf } from '../schedule/texts.js';
import { referenceOf, stageOf } from './naming.js';
import type { ServiceMemory } from './services.js';

/** Fields that the library's types do not allow are not sent by it. */
export async function byLibrary(client: Client, action: CommandAction, memory: ServiceMemory): Promise<unknown> {
  const { service, names, stage, fields, verb } = action;
  const ref = referenceOf(service, names, memory);
  const deployment = new CanaryDeployment({ client });
  const ifStage = stage === 'nothing' ? {} : { ifStage: stageOf(stage, memory) };
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
