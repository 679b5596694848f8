import { describe, expect, test } from 'vitest';
import { ServiceError } from '@temporalio/client';
import { exitCodeOf, EXIT_CODES, type Exit } from '../../src/cli/exit-codes.js';
import { InterruptedError, NotConfirmedError, UsageError } from '../../src/cli/errors.js';
import { exitOfError } from '../../src/cli/exit-of-error.js';
import { exitOfStatus } from '../../src/cli/exit-of-status.js';
import {
  CommandRefusedError,
  NamespaceNotReadyError,
  NoWorkerError,
  RolloutInFlightError,
  RolloutNotFoundError,
  ServerUnreachableError,
} from '../../src/client/errors.js';
import { WaitTimedOutError, type Awaited } from '../../src/client/wait-for-rollout.js';
import { AdapterUnavailableError, InvalidSpecError } from '../../src/domain/errors.js';
import type { AlarmCause } from '../../src/domain/rollout/alarms.js';
import { UNGUARDED } from '../../src/domain/traffic/guard-plan.js';
import { parseRolloutId } from '../../src/domain/rollout/rollout-id.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import { UnknownServiceError } from '../../src/ports/service.js';
import { PLAN, Story, STORIES } from './support/statuses.js';

const MINUTE_MS = 60_000;

const preflightFailed = (): Story =>
  new Story()
    .after(300)
    .happens({ type: 'preflightFailed', reason: 'candidate: green does not answer' })
    .happens({ type: 'undoBegan' })
    .undone();

const approvalTimedOut = (onTimeout: 'abort' | 'hold'): Story => {
  const [first, second, ...rest] = PLAN.stages;
  if (first === undefined || second === undefined) throw new Error('the plan has no second stage');
  const asking = { ...second, approval: { timeoutMs: MINUTE_MS, onTimeout } };
  return new Story({ ...PLAN, stages: [first, asking, ...rest] })
    .begins()
    .passes()
    .passes()
    .after(2 * MINUTE_MS);
};

const failingUndo = (): Story =>
  STORIES.rollingBack().happens({
    type: 'alarmed',
    cause: 'undo',
    alarm: 'could not set blue 100 %: connection refused',
  });

const failingPromotion = (): Story =>
  new Story()
    .begins()
    .passes()
    .passes()
    .commanded('promote', { full: true })
    .happens({ type: 'alarmed', cause: 'weights', alarm: 'could not set green 100 %: connection refused' });

/** The last share is being set while `cause` calls a person. */
const promotionWith = (cause: AlarmCause, alarm: string): Story =>
  new Story()
    .begins()
    .passes()
    .passes()
    .commanded('promote', { full: true })
    .happens({ type: 'alarmed', cause, alarm });

const fault = (): Story =>
  STORIES.progressing()
    .happens({ type: 'faulted', reason: 'Headgate itself failed' })
    .happens({ type: 'undoBegan' })
    .undone();

interface StatusCase {
  readonly when: string;
  readonly status: RolloutStatus;
  readonly awaited?: Awaited;
  readonly exit: Exit;
}

const STATUSES: readonly StatusCase[] = [
  { when: 'promoted', status: STORIES.promoted().status(), exit: 'reached' },
  {
    when: 'an approval was awaited and is asked for',
    status: STORIES.awaitingApproval().status(),
    awaited: 'approval',
    exit: 'reached',
  },
  {
    when: 'stage 2 was awaited and runs',
    status: STORIES.progressing().status(),
    awaited: { stage: 2 },
    exit: 'reached',
  },
  {
    when: 'stage 2 was awaited and needs a person since',
    status: { ...STORIES.held().status(), currentStage: 2 },
    awaited: { stage: 2 },
    exit: 'reached',
  },
  {
    when: 'promoted without the approval that was awaited',
    status: STORIES.promoted().status(),
    awaited: 'approval',
    exit: 'reached',
  },
  { when: 'an approval is awaited', status: STORIES.awaitingApproval().status(), exit: 'needsHuman' },
  {
    when: 'stage 3 was awaited and an approval stands before it',
    status: STORIES.awaitingApproval().status(),
    awaited: { stage: 3 },
    exit: 'needsHuman',
  },
  { when: 'an undo was awaited and is done', status: STORIES.aborted().status(), awaited: 'undone', exit: 'reached' },
  { when: 'an undo was awaited too late', status: STORIES.promoted().status(), awaited: 'undone', exit: 'conflict' },
  { when: 'a check failed', status: STORIES.rolledBack().status(), exit: 'rolledBack' },
  {
    when: 'a check failed before the stage that was awaited',
    status: STORIES.rolledBack().status(),
    awaited: { stage: 2 },
    exit: 'rolledBack',
  },
  { when: 'a person aborted', status: STORIES.aborted().status(), exit: 'aborted' },
  { when: 'the preflight failed', status: preflightFailed().status(), exit: 'invalid' },
  { when: 'superseded', status: { ...STORIES.aborted().status(), outcome: 'superseded' }, exit: 'superseded' },
  { when: 'unknown past its deadline', status: STORIES.held().status(), exit: 'needsHuman' },
  { when: 'rejected', status: STORIES.awaitingApproval().commanded('reject').status(), exit: 'needsHuman' },
  {
    when: 'nobody approved in time, and the plan holds',
    status: approvalTimedOut('hold').status(),
    exit: 'needsHuman',
  },
  {
    when: 'nobody approved in time, and the plan aborts',
    status: approvalTimedOut('abort').happens({ type: 'undoBegan' }).undone().status(),
    exit: 'needsHuman',
  },
  { when: 'the undo does not succeed', status: failingUndo().status(), exit: 'undoFailing' },
  { when: 'the last step does not succeed', status: failingPromotion().status(), exit: 'undoFailing' },
  ...(['weights', 'reading'] as const).map((cause): StatusCase => ({
    when: `the last step does not succeed, by an alarm about ${cause} [W6] [W53]`,
    status: promotionWith(cause, 'connection refused').status(),
    exit: 'undoFailing',
  })),
  {
    when: 'nobody guards while the last share is being set: that moves traffic all the same [W6] [W53]',
    status: promotionWith('guard', UNGUARDED).status(),
    exit: 'reached',
  },
  {
    when: 'the last step does not succeed, and nobody guards either [W6] [W53]',
    status: promotionWith('guard', UNGUARDED)
      .happens({ type: 'alarmed', cause: 'weights', alarm: 'connection refused' })
      .status(),
    exit: 'undoFailing',
  },
  { when: 'Headgate itself failed, while a worker answers [W53]', status: fault().status(), exit: 'unexpected' },
  {
    when: 'Headgate itself failed while an undo was awaited [W53]',
    status: fault().status(),
    awaited: 'undone',
    exit: 'unexpected',
  },
  {
    when: 'Headgate itself failed, and no worker answers [W53]',
    status: { ...STORIES.progressing().status(), worker: 'none', endedAt: '2027-01-31T15:00:00.000Z' },
    exit: 'unexpected',
  },
  {
    when: 'the workflow was terminated',
    status: { ...STORIES.progressing().status(), endedAt: '2027-01-31T15:00:00.000Z' },
    exit: 'unexpected',
  },
];

describe('what a rollout came to says the exit code', () => {
  test.each(STATUSES)('$when: $exit', ({ status, awaited, exit }) => {
    expect(exitOfStatus(status, awaited)).toBe(exit);
  });
});

const status = STORIES.progressing().status();

function grpcError(code: number): Error {
  return new ServiceError('Failed to describe', {
    cause: Object.assign(new Error(`${String(code)} from the server`), { code, details: '', metadata: {} }),
  });
}

const ERRORS: readonly (readonly [when: string, error: unknown, exit: Exit])[] = [
  ['something nobody thought of', new Error('boom'), 'unexpected'],
  ['something that is no error', 'boom', 'unexpected'],
  ['a line that is not understood', new UsageError('unknown command'), 'invalid'],
  ['a specification with mistakes', new InvalidSpecError('checkout.yaml', []), 'invalid'],
  ['a namespace that is not ready', new NamespaceNotReadyError('no search attributes', []), 'invalid'],
  ['a promotion that nobody confirmed', new NotConfirmedError('100 %', 'type yes', []), 'invalid'],
  [
    'a command with a value that cannot be',
    new CommandRefusedError('a@b', 'resume', { code: 'INVALID_COMMAND', message: '' }),
    'invalid',
  ],
  ['an id that is none', errorOf(() => parseRolloutId('a@b@c')), 'invalid'],
  ['a rollout that nobody knows', new RolloutNotFoundError('nosuch'), 'notFound'],
  ['a service that the configuration does not know', new UnknownServiceError('nosuch', []), 'notFound'],
  ['a namespace that does not exist', grpcError(5), 'notFound'],
  ['a permission that is missing', grpcError(7), 'notAllowed'],
  ['a key that is wrong', grpcError(16), 'notAllowed'],
  ['a key that is wrong when connecting', new ServerUnreachableError('cloud:7233', grpcError(16)), 'notAllowed'],
  ['a rollout in flight', new RolloutInFlightError(status), 'conflict'],
  ...(
    [
      'WRONG_ROLLOUT',
      'STALE_STAGE',
      'ROLLOUT_ENDED',
      'ROLLING_BACK',
      'NOT_STARTED',
      'NOT_AWAITING_APPROVAL',
      'PAUSED',
      'NOT_PAUSED',
      'NOT_AT_FULL_LOAD',
    ] as const
  ).map(
    (code) =>
      [`a refusal: ${code}`, new CommandRefusedError('a@b', 'approve', { code, message: '' }), 'conflict'] as const,
  ),
  ['a server that is away', new ServerUnreachableError('127.0.0.1:1', new Error('refused')), 'unreachable'],
  ['a server that went away', grpcError(14), 'unreachable'],
  ['a server that does not answer in time', grpcError(4), 'unreachable'],
  ['no worker', new NoWorkerError('a@b', 'approve'), 'unreachable'],
  ['a router that is away', new AdapterUnavailableError('gateway', 'refused'), 'unreachable'],
  ['waiting for too long', new WaitTimedOutError(status), 'timedOut'],
  ['Ctrl-C', new InterruptedError('SIGINT', 'Detached', []), 'interrupted'],
  ['SIGTERM', new InterruptedError('SIGTERM', 'Detached', []), 'terminated'],
];

describe('what went wrong says the exit code', () => {
  test.each(ERRORS)('%s', (_, error, exit) => {
    expect(exitOfError(error)).toBe(exit);
  });
});

describe('the table of exit codes', () => {
  test('is what users were promised', () => {
    const promised = Object.entries(EXIT_CODES).map(([exit, { code }]) => [exit, code]);
    expect(promised).toEqual([
      ['reached', 0],
      ['unexpected', 1],
      ['invalid', 2],
      ['notFound', 3],
      ['notAllowed', 4],
      ['conflict', 5],
      ['unreachable', 6],
      ['rolledBack', 10],
      ['aborted', 11],
      ['superseded', 12],
      ['needsHuman', 13],
      ['undoFailing', 14],
      ['timedOut', 124],
      ['interrupted', 130],
      ['terminated', 143],
    ]);
  });

  test('has no code that nothing leads to', () => {
    const reached = new Set<Exit>([...STATUSES.map(({ exit }) => exit), ...ERRORS.map(([, , exit]) => exit)]);
    expect(Object.keys(EXIT_CODES).filter((exit) => !reached.has(exit as Exit))).toEqual([]);
  });

  test('has no code twice', () => {
    const codes = Object.keys(EXIT_CODES).map((exit) => exitCodeOf(exit as Exit));
    expect(new Set(codes).size).toBe(codes.length);
  });
});

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('it was accepted');
}
