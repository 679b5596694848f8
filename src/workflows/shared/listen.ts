import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { readCommand } from '../../domain/rollout/read-command.js';
import { VERBS, type Channel, type CommandAnswer, type Verb } from '../../domain/rollout/commands.js';
import { phaseOf } from '../../domain/rollout/phase-of.js';
import { isHandled } from '../../domain/rollout/reducer/command.js';
import { refusalOf, refusalOfInput } from '../../domain/rollout/refusal.js';
import { statusOf } from '../../domain/rollout/status-of.js';
import type { RolloutStatus } from '../../domain/rollout/status.js';
import type { Guard } from './guard.js';
import type { Rollout } from './rollout.js';
import { STATUS_QUERY } from '../messages.js';

const DESCRIPTIONS: Readonly<Record<Verb, string>> = {
  approve: 'Go on from the stage that waits for approval. {"reason":"…","by":"…"}',
  reject: 'Do not go on: hold the weights until someone decides. {"reason":"…","by":"…"}',
  pause: 'Stop the stage clock; guarding goes on. {"durationMinutes":30,"reason":"…","by":"…"}',
  resume: 'Let the clock run again. {"modifiedConfig":{"traffic":0.1,"monitoringInterval":30},"by":"…"}',
  promote: 'Go on to the next stage now. {"full":false,"reason":"…","by":"…"}',
  abort: 'Stop and put all traffic back on the baseline. {"reason":"…","by":"…"}',
  emergencyStop: 'Stop at once, before anything else. {"reason":"…","by":"…"}',
  configure:
    'Change how it goes on. {"autoProgression":true,"monitoringInterval":30,"requireManualApproval":"every-stage"}',
  setRollbackPolicy:
    'When traffic goes back, from now on. {"policy":{"errorRateThreshold":0.02,"latencyIncrease":1.5,"successRateMinimum":0.99,"evaluationWindow":300,"consecutiveFailures":3},"autoRollback":true,"reason":"…","by":"…"}',
  finish: 'End the rollback window at full load early. {"reason":"…","by":"…"}',
};

/** How long an answer waits for the data plane: shorter than its sender does. */
const SETTLES_WITHIN_MS = 7000;

/** Signals and updates become events of the reducer; the query shows its state. */
export function listenTo(rollout: Rollout, guard: Guard): void {
  const counted = new Map<string, number>();
  const take = (verb: Verb, channel: Channel, input: unknown): CommandAnswer => {
    const key = `${channel}:${verb}`;
    const ordinal = (counted.get(key) ?? 0) + 1;
    counted.set(key, ordinal);
    const { runId } = workflowInfo();
    const command = readCommand(verb, input);
    const isRepeated = isHandled(rollout.state, verb, command);
    rollout.happens({ type: 'commanded', verb, channel, ordinal, runId, command });
    guard.watch();
    return answer(rollout, isRepeated);
  };
  /** What changes how a stage is guarded is answered when no guard can act on what was before. */
  const settled = async (answered: CommandAnswer): Promise<CommandAnswer> => {
    const isSettled = (): boolean => !guard.isReplacing || rollout.isStopping || rollout.state.step === 'ended';
    if (isSettled() || (await condition(isSettled, SETTLES_WITHIN_MS, { summary: 'New fence' }))) return answered;
    return { ...answered, effect: `${answered.effect}; not confirmed by the data plane yet` };
  };

  for (const verb of VERBS) {
    const description = DESCRIPTIONS[verb];
    setHandler(defineSignal<[unknown]>(verb), (input) => void take(verb, 'signal', input), { description });
    setHandler(defineUpdate<CommandAnswer, [unknown]>(verb), (input) => settled(take(verb, 'update', input)), {
      description,
      validator: (input) => refuse(rollout, verb, input),
    });
  }
  setHandler(defineQuery<RolloutStatus>(STATUS_QUERY), () => statusOf(rollout.state, Date.now()), {
    description: 'Where the rollout stands',
  });
}

function refuse(rollout: Rollout, verb: Verb, input: unknown): void {
  const command = readCommand(verb, input);
  if (isHandled(rollout.state, verb, command)) return;
  const refusal = refusalOfInput(verb, input) ?? refusalOf(rollout.state, verb, command);
  if (refusal === null) return;
  throw ApplicationFailure.create({
    message: refusal.message,
    type: refusal.code,
    nonRetryable: true,
    category: 'BENIGN',
  });
}

function answer({ state }: Rollout, isRepeated: boolean): CommandAnswer {
  return {
    rolloutId: state.id,
    phase: phaseOf(state),
    currentStage: state.stage,
    effect: isRepeated ? 'It was taken before, and counts once' : (state.happenings.at(-1)?.what ?? ''),
  };
}
