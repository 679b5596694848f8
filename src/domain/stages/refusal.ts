import { formatPercent, toParts } from '../percent.js';
import { problemSentence } from '../reading/problems.js';
import { refusalOfMonitoring } from '../tier.js';
import { LONGEST_INTERVAL_MS } from '../time-rules.js';
import { isStop } from '../rollout/commands.js';
import { problemsOfDemand } from './approvals.js';
import { isHeldFor } from '../rollout/holds.js';
import { refusalOfPause, refusalOfResume, refusalWhilePaused } from '../rollout/pause.js';
import { commonRefusal } from '../rollout/common-refusal.js';
import type { Refusal as CommonRefusal } from '../rollout/refusal.js';
import type { Commands, ConfigureCommand, ModifiedConfig, PolicyChange, StageCommand, Verb } from './commands.js';
import { problemsOfCommand } from './read-command.js';
import { checksOfPolicy, problemsOfPolicy } from './rollback-policy.js';
import { isLastStage, type StagesState } from './state.js';

type Refusal = CommonRefusal<
  'STALE_STAGE' | 'NOT_STARTED' | 'NOT_AWAITING_APPROVAL' | 'NOT_AT_FULL_LOAD' | 'MONITORING_NOT_IN_TIER'
>;

/** `null` when the rollout takes the command now. */
export function refusalOf<V extends Verb>(state: StagesState, verb: V, command: Commands[V]): Refusal | null {
  return commonRefusal(state, verb, command) ?? staleStage(state, command) ?? REFUSALS[verb](state, command);
}

/** Why a command cannot be taken as it was typed, wherever the rollout stands; who is answered can correct it. */
export function refusalOfInput(verb: Verb, input: unknown): Refusal | null {
  return isStop(verb) ? null : invalid(problemsOfCommand(verb, input).map(problemSentence));
}

/** The verbs that a rollout takes as it stands. */
export function verbsTaken(state: StagesState): Verb[] {
  const some = { autoRollback: true, autoProgression: true };
  return (Object.keys(REFUSALS) as Verb[]).filter((verb) => refusalOf(state, verb, some) === null);
}

/** Why a command that is meant for one stage cannot be taken at another. */
export function staleStage(state: Pick<StagesState, 'stage'>, command: StageCommand): Refusal | null {
  if (command.stage === undefined || command.stage === state.stage) return null;
  return {
    code: 'STALE_STAGE',
    message: `meant for stage ${String(command.stage)}, the rollout is at stage ${String(state.stage)}`,
  };
}

const REFUSALS: { readonly [V in Verb]: (state: StagesState, command: Commands[V]) => Refusal | null } = {
  emergencyStop: () => null,
  abort: () => null,
  pause: refusalOfPause,
  resume: (state, command) => refusalOfResume(state) ?? invalidChange(state, command.modifiedConfig),
  promote: (state) => notStarted(state) ?? refusalWhilePaused(state) ?? heldAtTheEnd(state),
  approve: (state) =>
    state.step === 'asking'
      ? refusalWhilePaused(state)
      : { code: 'NOT_AWAITING_APPROVAL', message: 'it is not waiting for an approval' },
  reject: (state) =>
    (state.step === 'asking' || state.step === 'waiting') && !isHeldFor(state, 'rejected')
      ? null
      : { code: 'NOT_AWAITING_APPROVAL', message: 'it is not waiting for an approval' },
  configure: (state, command) =>
    nothingSet(command) ?? invalidInterval(command.monitoringInterval) ?? invalidDemand(state, command),
  setRollbackPolicy: (state, command) => invalidPolicy(command) ?? beyondTier(state, command),
  finish: (state) =>
    isLastStage(state) && state.step !== 'applying' && state.step !== 'waiting' && state.stage > 0
      ? (refusalWhilePaused(state) ?? heldAtTheEnd(state))
      : { code: 'NOT_AT_FULL_LOAD', message: 'only the rollback window at full load can be ended early' },
};

/** Nothing is left to be skipped: only the last confirmation is awaited, which what holds it is in the way of. */
function heldAtTheEnd(state: StagesState): Refusal | null {
  const { step, hold } = state;
  return step === 'closing' && hold !== null && !isHeldFor(state, 'hook')
    ? { code: 'PAUSED', message: `it is held; resume it: ${hold.reason}` }
    : null;
}

function invalidInterval(seconds: number | undefined): Refusal | null {
  if (seconds === undefined || (seconds >= 1 && seconds * 1000 <= LONGEST_INTERVAL_MS)) return null;
  return invalid([
    `monitoringInterval must be at least 1 second and at most ${String(LONGEST_INTERVAL_MS / 1000)}, got ${String(seconds)}`,
  ]);
}

function nothingSet({ autoProgression, monitoringInterval, requireManualApproval }: ConfigureCommand): Refusal | null {
  const isSet = (autoProgression ?? monitoringInterval ?? requireManualApproval) !== undefined;
  return isSet ? null : invalid(['nothing is set: give autoProgression, monitoringInterval or requireManualApproval']);
}

function invalidDemand({ plan }: StagesState, { requireManualApproval = false }: ConfigureCommand): Refusal | null {
  return invalid(problemsOfDemand(requireManualApproval, plan.stages.length).map(problemSentence));
}

function invalid(sentences: readonly string[]): Refusal | null {
  return sentences.length === 0 ? null : { code: 'INVALID_COMMAND', message: sentences.join('; ') };
}

function invalidPolicy({ policy, autoRollback, unreadable = [] }: PolicyChange): Refusal | null {
  const problems = policy == null ? [] : problemsOfPolicy(policy, 'policy');
  if (policy === undefined && autoRollback === undefined && unreadable.length === 0)
    return invalid(['nothing is set: give policy, autoRollback or both']);
  return invalid([...unreadable, ...problems.map(problemSentence)]);
}

/** Why a policy cannot be in the tier of the installation. `null` when it can, or when nobody knows the tier. */
export function beyondTier(
  { tier }: Pick<StagesState, 'tier'>,
  { policy }: Pick<PolicyChange, 'policy'>,
): Refusal | null {
  if (tier === undefined || policy == null) return null;
  const refusal = refusalOfMonitoring({ checks: checksOfPolicy(policy), policy: true }, tier);
  return refusal === null
    ? null
    : { code: 'MONITORING_NOT_IN_TIER', message: `${refusal.message}. ${refusal.remedy ?? ''}` };
}

function notStarted(state: StagesState): Refusal | null {
  // A person goes on without the hook that has kept it from being set.
  if (state.step === 'applying' && isHeldFor(state, 'hook')) return null;
  return state.step === 'preflight' || state.step === 'applying'
    ? { code: 'NOT_STARTED', message: 'the stage has not begun: its weights are not read back yet' }
    : null;
}

function invalidChange(state: StagesState, change: ModifiedConfig | undefined): Refusal | null {
  if (change === undefined) return null;
  const { traffic, monitoringInterval } = change;
  const ceiling = state.plan.stages[state.stage]?.trafficPercent ?? 100;
  if (traffic !== undefined && !(toParts(traffic * 100) > 0 && toParts(traffic * 100) < toParts(ceiling))) {
    return invalid([
      `modifiedConfig.traffic must be above 0 and below the next stage's ${formatPercent(ceiling)} (as a fraction), got ${String(traffic)}`,
    ]);
  }
  if (traffic !== undefined && (state.stage === 0 || isLastStage(state))) {
    return invalid(['modifiedConfig.traffic can be changed from the first stage on, before full load']);
  }
  return invalidInterval(monitoringInterval);
}
