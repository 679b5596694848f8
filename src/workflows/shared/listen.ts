import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Answer, Channel } from '../../domain/rollout/commands.js';
import type { AnyEvent } from '../../domain/rollout/events.js';
import type { Life } from '../../domain/rollout/life.js';
import type { Refusal } from '../../domain/rollout/refusal.js';
import type { RolloutRules } from '../../domain/rollout/rules.js';
import type { StatusBase } from '../../domain/rollout/status.js';
import { isHandled } from '../../domain/rollout/take-command.js';
import { STATUS_QUERY } from '../messages.js';
import type { Rollout } from './rollout.js';

/** How long an answer waits for the data plane: shorter than its sender does. */
const SETTLES_WITHIN_MS = 7000;

/** What a kind does about a command besides; its guard, where it has one. */
export interface Listening<State> {
  readonly onCommand: () => void;
  /** Whether nothing acts any more on what was decided before the newest command. */
  readonly isSettled: () => boolean;
  /** What is to come of a command that was just taken, from the states around it. @default it was taken, and that is all */
  readonly follow?: (before: State, taken: State) => (now: State) => Answered;
}

/** Whether a command that was taken is carried out by now, or why it is not. */
export type Answered = { readonly isDone: false } | { readonly isDone: true; readonly refusal: Refusal<string> | null };

const TAKEN = (): (() => Answered) => () => ({ isDone: true, refusal: null });

const UNGUARDED: Listening<unknown> = { onCommand: () => undefined, isSettled: () => true };

/** Signals and updates become events of the reducer; the query shows its state. */
export function listenTo<State extends Life, Event extends AnyEvent>(
  rollout: Rollout<State, Event>,
  rules: RolloutRules<never, State, Event>,
  { onCommand, isSettled, follow = TAKEN }: Listening<State> = UNGUARDED,
): void {
  const counted = new Map<string, number>();
  const take = (verb: string, channel: Channel, input: unknown): Answer => {
    const key = `${channel}:${verb}`;
    const ordinal = (counted.get(key) ?? 0) + 1;
    counted.set(key, ordinal);
    const { runId } = workflowInfo();
    const command = rules.readCommand(verb, input);
    const isRepeated = isHandled(rollout.state, verb, command);
    rollout.dispatch({ type: 'commanded', verb, channel, ordinal, runId, command });
    onCommand();
    return answer(rollout.state, rules, isRepeated);
  };
  /** What changes how a stage is guarded is answered when no guard can act on what was before. */
  const settled = async (answer: Answer, answeredBy: (now: State) => Answered): Promise<Answer> => {
    const answered = (): Answered => answeredBy(rollout.state);
    const isDone = (): boolean =>
      (isSettled() && answered().isDone) || rollout.isStopping || rollout.state.step === 'ended';
    if (!isDone() && !(await condition(isDone, SETTLES_WITHIN_MS, { summary: 'New fence' })))
      return { ...answer, effect: `${answer.effect}; not confirmed by the data plane yet` };
    const found = answered();
    if (found.isDone && found.refusal !== null) throw refused(found.refusal);
    return answer;
  };

  const update = (verb: string, input: unknown): Promise<Answer> => {
    const before = rollout.state;
    const answer = take(verb, 'update', input);
    return settled(answer, follow(before, rollout.state));
  };

  for (const [verb, description] of Object.entries(rules.verbs)) {
    setHandler(defineSignal<[unknown]>(verb), (input) => void take(verb, 'signal', input), { description });
    setHandler(defineUpdate<Answer, [unknown]>(verb), (input) => update(verb, input), {
      description,
      validator: (input) => refuse(rollout.state, rules, verb, input),
    });
  }
  setHandler(defineQuery<StatusBase>(STATUS_QUERY), () => rules.statusOf(rollout.state, Date.now()), {
    description: 'Where the rollout stands',
  });
}

function refuse<State extends Life>(
  state: State,
  rules: RolloutRules<never, State, never>,
  verb: string,
  input: unknown,
): void {
  if (isHandled(state, verb, rules.readCommand(verb, input))) return;
  const refusal = rules.refusalOf(state, verb, input);
  if (refusal !== null) throw refused(refusal);
}

function refused({ message, code }: Refusal<string>): ApplicationFailure {
  return ApplicationFailure.create({ message, type: code, nonRetryable: true, category: 'BENIGN' });
}

function answer<State extends Life>(
  state: State,
  rules: RolloutRules<never, State, never>,
  isRepeated: boolean,
): Answer {
  const { phase } = rules.statusOf(state, Date.now());
  return {
    rolloutId: state.id,
    phase,
    ...rules.answerOf?.(state),
    effect: isRepeated ? 'It was taken before, and counts once' : (state.log.lines.at(-1)?.what ?? ''),
  };
}
