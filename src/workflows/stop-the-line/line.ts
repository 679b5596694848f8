import {
  allHandlersFinished,
  condition,
  isCancellation,
  CancellationScope,
  setCurrentDetails,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { isObject } from '../../domain/reading/combinators.js';
import { formatRolloutId } from '../../domain/rollout/rollout-id.js';
import { readLineCommand } from '../../domain/stop-the-line/commands.js';
import { freezeMemo } from '../../domain/stop-the-line/freeze.js';
import { beginLine, type LineEvent } from '../../domain/stop-the-line/reduce.js';
import { LINE_RULES } from '../../domain/stop-the-line/rules.js';
import type { LineState } from '../../domain/stop-the-line/state.js';
import { freezeOf, statusOfLine, type EndedStopStatus } from '../../domain/stop-the-line/status.js';
import { lineDetailsOf } from '../../presentation/line-details.js';
import { JournalWriter } from '../shared/journal-writer.js';
import { listenTo } from '../shared/listen.js';
import { Rollout } from '../shared/rollout.js';
import { continueAsNewWhenLong, type RunInput } from '../shared/running-rollout.js';
import { carryOut, type LineRollout } from './carry-out.js';

/** How it came to its end. */
export interface LineOutcome {
  readonly id: string;
  /** The newest stops, and what became of each. */
  readonly stops: readonly EndedStopStatus[];
  /** What happened last. */
  readonly reason: string;
  /** ISO 8601 UTC. */
  readonly at: string;
}

type LineInput = RunInput<null, LineState>;

/** Takes the state up where it stood, and listens from the first moment. */
export function takeUpLine(given: unknown): Line {
  const { continuedFromExecutionRunId } = workflowInfo();
  const input = inputOf(given);
  const line = new Line(input, continuedFromExecutionRunId === undefined ? undefined : input.carried);
  if (continuedFromExecutionRunId === undefined && !waitsForSignal(given)) line.takeFirst(given);
  line.act();
  return line;
}

/** Whoever signals as well has put the stop into the signal. */
function waitsForSignal(given: unknown): boolean {
  return isObject(given) && given.waits === true;
}

function inputOf(given: unknown): LineInput {
  const { historyLimit, carried } = isObject(given) ? given : {};
  return {
    plan: null,
    ...(typeof historyLimit === 'number' ? { historyLimit } : {}),
    // Only this workflow itself gives it, when it continues as new.
    ...(isObject(carried) ? { carried: carried as unknown as LineState } : {}),
  };
}

/** The stops that are in force, and all that carries them out. */
class Line {
  private readonly rollout: Rollout<LineState, LineEvent>;
  private readonly journal: JournalWriter;
  private readonly carried = new Map<string, CancellationScope>();
  private published = '';

  constructor(input: LineInput, carried: LineState | undefined) {
    const { workflowId, firstExecutionRunId } = workflowInfo();
    const id = formatRolloutId(workflowId.split('/').at(-1) ?? workflowId, firstExecutionRunId);
    this.rollout = new Rollout(carried ?? beginLine({ id, atMs: Date.now() }), LINE_RULES, {
      beforeWaiting: async () => {
        this.act();
        await continueAsNewWhenLong(input, this.rollout, () => true);
      },
      onAlarm: () => this.act(),
      // Each rollout tells its own hooks.
      onHook: () => undefined,
    });
    this.journal = new JournalWriter(this.rollout, () => statusOfLine(this.rollout.state, Date.now()));
    listenTo(this.rollout, LINE_RULES, { onCommand: () => this.act(), isSettled: () => true });
  }

  get isStopped(): boolean {
    return this.rollout.state.stops.length > 0;
  }

  get outcome(): LineOutcome {
    const { id, ended, log } = statusAndLog(this.rollout.state);
    return { id, stops: ended, reason: log, at: new Date().toISOString() };
  }

  /** The first stop, of what the workflow was started with. */
  takeFirst(given: unknown): void {
    const { runId } = workflowInfo();
    const command = readLineCommand(given);
    this.rollout.dispatch({ type: 'commanded', verb: 'stop', channel: 'signal', ordinal: 0, runId, command });
  }

  /** The freeze first, so that it is stored before anything is done about it. */
  act(): void {
    this.publish();
    this.journal.flush();
    const { stops } = this.rollout.state;
    for (const [id, scope] of this.carried) {
      if (stops.some((one) => one.id === id)) continue;
      this.carried.delete(id);
      scope.cancel();
    }
    for (const { id } of stops) if (!this.carried.has(id)) this.begin(id);
  }

  /** Whoever cancels the workflow wants it over: nothing is in its way. */
  async untilReleased(): Promise<void> {
    try {
      await this.rollout.until('Until released', ({ stops }) => stops.length === 0);
    } catch (error) {
      if (!isCancellation(error)) throw error;
      this.rollout.dispatch({ type: 'cancelled' });
    }
    this.act();
  }

  async keepRecord(): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      await this.journal.writeLast();
      await condition(allHandlersFinished);
    });
  }

  private begin(id: string): void {
    const scope = new CancellationScope();
    this.carried.set(id, scope);
    void scope
      .run(() => carryOut(this.acting(), id))
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  /** What is found is told at once, also while the record of a stop before is being kept. */
  private acting(): LineRollout {
    const { rollout } = this;
    return {
      get state() {
        return rollout.state;
      },
      dispatch: (event) => {
        rollout.dispatch(event);
        this.act();
      },
    };
  }

  private publish(): void {
    const { state } = this.rollout;
    const freeze = freezeOf(state);
    const fresh = JSON.stringify(freeze);
    if (fresh !== this.published) upsertMemo(freezeMemo(freeze));
    this.published = fresh;
    setCurrentDetails(lineDetailsOf(statusOfLine(state, Date.now())));
  }
}

function statusAndLog(state: LineState) {
  const { id, ended } = statusOfLine(state, Date.now());
  return { id, ended, log: state.log.lines.at(-1)?.what ?? '' };
}
