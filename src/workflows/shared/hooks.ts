import { ActivityCancellationType, CancellationScope, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { HookReport } from '../../domain/hooks/answer.js';
import type { Gate, Moment, Notice } from '../../domain/hooks/moments.js';
import { idempotencyKey, type HookFacts, type HookPayload } from '../../domain/hooks/payload.js';
import { hasHook as isAsked, ordinalOf } from '../../domain/hooks/state.js';
import type { HookChange } from '../../domain/rollout/hook-changes.js';
import type { Life } from '../../domain/rollout/life.js';
import type { StatusBase } from '../../domain/rollout/status.js';
import { hookPayload } from '../../presentation/hook-payload.js';
import { hooksQueueOf } from '../messages.js';
import { messageOf } from './retry-until-done.js';
import type { Dispatching } from './rollout.js';
import { whereKnown } from './where-known.js';

const YES: HookReport = { answer: 'yes' };

/** A running rollout as its hooks see it. */
export interface HookedRollout extends Dispatching {
  readonly state: Life;
  readonly status: StatusBase;
  /** @throws Stopped when there is a reason to stop */
  until(what: string, reached: () => boolean): Promise<void>;
}

/** Whether anybody is asked or told then. */
export function hasHook({ state }: Pick<HookedRollout, 'state'>, moment: Moment): boolean {
  return isAsked(state.hooks, moment);
}

/**
 * Asks every hook of a gate, one after the other; the first that does not say yes ends it. Without hooks the answer is yes,
 * and nothing is asked. The question counts once: whoever goes on later asks anew.
 *
 * Commands count meanwhile, and a stop waits for no answer.
 *
 * @throws Stopped
 * @public for kinds that act on an answer themselves
 */
export async function askHook(rollout: HookedRollout, moment: Gate, facts?: HookFacts): Promise<HookReport> {
  const { hooks } = rollout.state;
  if (hooks === undefined || !hasHook(rollout, moment)) return YES;
  if (hooks.waived === moment) {
    change(rollout, { kind: 'passedBy', moment });
    return YES;
  }
  const asking = new CancellationScope();
  const heard: HookReport[] = [];
  void asking
    .run(() => askAll(rollout, moment, facts))
    .then((report) => {
      heard.push(report);
      change(rollout, { kind: 'settled', moment });
    })
    .catch((error: unknown) => {
      if (!isCancellation(error)) rollout.dispatch({ type: 'faulted', reason: messageOf(error) });
    });
  try {
    await rollout.until(`Waiting for the hook ${moment}`, () => heard.length > 0);
  } finally {
    asking.cancel();
  }
  return heard[0] ?? YES;
}

/** The same, and whatever is no yes holds the rollout and calls a person. Answers whether the gate is open. */
export async function passGate(rollout: HookedRollout, moment: Gate, facts?: HookFacts): Promise<boolean> {
  const report = await askHook(rollout, moment, facts);
  if (report.answer === 'yes') return true;
  const said = report.answer === 'no' ? 'a hook said no' : 'a hook did not answer';
  change(rollout, { kind: 'shut', moment, reason: `${moment}: ${said}: ${report.reason}` });
  return false;
}

/** Runs the load of a stage until it is cancelled; what it says is kept, and decides nothing. */
export async function runLoad(rollout: HookedRollout, facts?: HookFacts): Promise<void> {
  if (hasHook(rollout, 'whileStage')) await askAll(rollout, 'whileStage', facts);
  change(rollout, { kind: 'settled', moment: 'whileStage' });
}

/** Tells the hooks of a notice, in order, beside the rollout: it never delays a step. */
export function tellHook(
  rollout: HookedRollout,
  moment: Notice,
  { why, facts }: { readonly why?: string; readonly facts?: HookFacts } = {},
): void {
  const { hooks, stop } = rollout.state;
  if (hooks === undefined || !hasHook(rollout, moment)) return;
  const payload = hookPayload(rollout.status, {
    moment,
    ordinal: ordinalOf(hooks, moment) + 1,
    sequence: hooks.sequence + 1,
    atMs: Date.now(),
    ...(stop?.commandId === undefined ? {} : { stoppedBy: stop.commandId }),
    ...(why === undefined ? {} : { why }),
    ...(facts === undefined ? {} : { facts }),
  });
  change(rollout, { kind: 'told', moment, payload });
}

/** Asks or tells one hook until it answers or its deadline has passed. */
export async function runHook(hook: string, payload: HookPayload): Promise<HookReport> {
  const { rolloutId, moment, service } = payload.data;
  const activities = whereKnown({
    taskQueue: hooksQueueOf(workflowInfo().taskQueue),
    startToCloseTimeout: '30 days',
    heartbeatTimeout: '10s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
    summary: `Hook ${hook}: ${moment} of ${rolloutId}`,
  });
  try {
    return await activities.runHook({
      service,
      hook,
      moment,
      idempotencyKey: idempotencyKey(payload.data, hook),
      payload,
    });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { answer: 'unknown', reason: messageOf(error) };
  }
}

async function askAll(
  rollout: HookedRollout,
  moment: Gate | 'whileStage',
  facts: HookFacts | undefined,
): Promise<HookReport> {
  change(rollout, { kind: 'asked', moment });
  const { hooks } = rollout.state;
  if (hooks === undefined) return YES;
  const payload = hookPayload(rollout.status, {
    moment,
    ordinal: ordinalOf(hooks, moment),
    atMs: Date.now(),
    ...(facts === undefined ? {} : { facts }),
  });
  for (const hook of hooks.byMoment[moment] ?? []) {
    const report = await runHook(hook, payload);
    change(rollout, { kind: 'answered', moment, hook, report });
    if (report.answer !== 'yes') return report;
  }
  return YES;
}

function change(rollout: Dispatching, hookChange: HookChange): void {
  rollout.dispatch({ type: 'hooked', change: hookChange });
}
