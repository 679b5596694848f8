import * as workflow from '@temporalio/workflow';
import type { BaseStatus } from '../../../src/domain/rollout/base-status.js';
import type { RecordedEnd } from '../../../src/domain/rollout/kinds.js';
import type { HoldInput } from './kind.js';

export async function holdRollout({ plan: { service, holdForMs }, requestedBy }: HoldInput): Promise<RecordedEnd> {
  const { firstExecutionRunId, startTime } = workflow.workflowInfo();
  const id = `${service}@${firstExecutionRunId}`;
  let leftMs = holdForMs;
  let isPaused = false;
  let end: RecordedEnd | null = null;
  const phase = (): BaseStatus['phase'] => end?.outcome ?? (isPaused ? 'paused' : 'progressing');
  const publish = (): void =>
    workflow.upsertSearchAttributes({ HeadgateRolloutId: [id], HeadgatePhase: [phase()], HeadgateStrategy: ['hold'] });
  const turn = (to: boolean) => (): object => {
    isPaused = to;
    publish();
    return { rolloutId: id, phase: phase(), currentStage: 0, effect: to ? 'Paused' : 'Resumed' };
  };
  workflow.setHandler(workflow.defineUpdate('pause'), turn(true));
  workflow.setHandler(workflow.defineUpdate('resume'), turn(false));
  workflow.setHandler(workflow.defineSignal('abort'), () => {
    end = { outcome: 'aborted', reason: 'aborted', cause: 'abort' };
  });
  workflow.setHandler(workflow.defineQuery<BaseStatus>('status'), () => ({
    ...{ id, service, name: service, version: null, phase: phase(), outcome: end?.outcome ?? null, stop: null },
    ...{ isComplete: end !== null, startedAt: startTime.toISOString(), endedAt: null, resumesAt: null },
    ...{ reason: end?.reason ?? `${String(leftMs)} ms are left`, needsHuman: null, warnings: [], history: [] },
    ...{ takes: end === null ? [isPaused ? 'resume' : 'pause', 'abort'] : [], requestedBy: requestedBy ?? null },
    ...{ requestId: null, worker: 'answering', asOf: new Date().toISOString() },
  }));
  publish();
  while (leftMs > 0 && end === null) {
    const sinceMs = Date.now();
    const wasPaused = isPaused;
    const isDisturbed = (): boolean => end !== null || isPaused !== wasPaused;
    await (wasPaused ? workflow.condition(isDisturbed) : workflow.condition(isDisturbed, leftMs));
    if (!wasPaused) leftMs -= Date.now() - sinceMs;
  }
  const ended: RecordedEnd = end ?? { outcome: 'promoted', reason: 'held long enough', cause: null };
  end = ended;
  publish();
  return ended;
}
