import * as workflow from '@temporalio/workflow';
import type { BaseStatus } from '../../../src/domain/rollout/base-status.js';
import type { RecordedEnd } from '../../../src/domain/rollout/kinds.js';
import type { HoldInput } from './kind.js';

interface Hold {
  leftMs: number;
  isPaused: boolean;
  end: RecordedEnd | null;
}

export async function holdRollout({ plan: { service, holdForMs }, requestedBy }: HoldInput): Promise<RecordedEnd> {
  const { firstExecutionRunId, startTime } = workflow.workflowInfo();
  const id = `${service}@${firstExecutionRunId}`;
  const state: Hold = { leftMs: holdForMs, isPaused: false, end: null };
  const phase = (): BaseStatus['phase'] => state.end?.outcome ?? (state.isPaused ? 'paused' : 'progressing');
  const publish = (): void =>
    workflow.upsertSearchAttributes({ HeadgateRolloutId: [id], HeadgatePhase: [phase()], HeadgateStrategy: ['hold'] });
  const turn = (isPaused: boolean) => (): object => {
    state.isPaused = isPaused;
    publish();
    return { rolloutId: id, phase: phase(), currentStage: 0, effect: isPaused ? 'Paused' : 'Resumed' };
  };
  workflow.setHandler(workflow.defineUpdate('pause'), turn(true));
  workflow.setHandler(workflow.defineUpdate('resume'), turn(false));
  workflow.setHandler(workflow.defineSignal('abort'), () => {
    state.end = { outcome: 'aborted', reason: 'aborted', cause: 'abort' };
  });
  workflow.setHandler(workflow.defineQuery<BaseStatus>('status'), () => ({
    ...{ id, service, name: service, version: null, phase: phase(), outcome: state.end?.outcome ?? null, stop: null },
    ...{ isComplete: state.end !== null, startedAt: startTime.toISOString(), endedAt: null, resumesAt: null },
    ...{ reason: state.end?.reason ?? `${String(state.leftMs)} ms are left`, needsHuman: null, warnings: [] },
    ...{ takes: state.end === null ? [state.isPaused ? 'resume' : 'pause', 'abort'] : [], history: [] },
    ...{ requestedBy: requestedBy ?? null, requestId: null, worker: 'answering', asOf: new Date().toISOString() },
  }));
  publish();
  while (state.leftMs > 0 && state.end === null) await hold(state);
  state.end ??= { outcome: 'promoted', reason: 'held long enough', cause: null };
  publish();
  return state.end;
}

/** Until somebody says something, or the time is over. */
async function hold(state: Hold): Promise<void> {
  const sinceMs = Date.now();
  const { isPaused } = state;
  const isDisturbed = (): boolean => state.end !== null || state.isPaused !== isPaused;
  await (isPaused ? workflow.condition(isDisturbed) : workflow.condition(isDisturbed, state.leftMs));
  if (!isPaused) state.leftMs -= Date.now() - sinceMs;
}
