import { defaultPayloadConverter } from '@temporalio/common';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { describe, expect, inject, test } from 'vitest';
import { VERBS } from '../../src/domain/stages/commands.js';
import { contentsOf, historyOf, RECORDED, type Contents } from '../helpers/histories.js';
import '../helpers/quiet-runtime.js';

test('there are recorded rollouts of every kind to replay', () => {
  expect(RECORDED.length).toBeGreaterThanOrEqual(10);
});

// The bundle is what a worker makes for itself, with the converter that it puts in.
test.each(RECORDED.map((recorded) => [recorded.name, recorded] as const))(
  "today's workflow replays %s without a difference [C-12]",
  async (_, recorded) => {
    const workflowBundle = { codePath: inject('workflowBundlePath') };
    const history = historyOf(recorded);
    // What a rollout starts beside itself has a name that begins with its own.
    const workflowId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? undefined;
    await expect(Worker.runReplayHistory({ workflowBundle }, history, workflowId)).resolves.toBeUndefined();
  },
);

type Holds = (contents: Contents) => boolean;

const says =
  (text: string): Holds =>
  ({ said }) =>
    said.includes(text);

const isInput = ({ events }: Contents, text: string): boolean => {
  const [payload] = events[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return payload?.data != null && Buffer.from(payload.data).toString().includes(text);
};

const wasSignalled =
  (verb: string): Holds =>
  ({ events }) =>
    events.some((event) => event.workflowExecutionSignaledEventAttributes?.signalName === verb);

const wasUpdated =
  (verb: string): Holds =>
  ({ events }) =>
    events.some((event) => event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name === verb);

/** A timer that rang, by what it was for. */
const rang =
  (summary: RegExp): Holds =>
  ({ events }) => {
    const fired = events.map((event) => event.timerFiredEventAttributes?.timerId);
    return events.some(({ timerStartedEventAttributes: timer, userMetadata }) => {
      const said = userMetadata?.summary;
      const text = said == null ? '' : String(defaultPayloadConverter.fromPayload(said));
      return timer?.timerId != null && fired.includes(timer.timerId) && summary.test(text);
    });
  };

const { TimeoutType } = proto.temporal.api.enums.v1;

/** What the histories of a release hold between them. */
const MUST_HOLD: Readonly<Record<string, Holds>> = {
  ...Object.fromEntries(VERBS.map((verb) => [`${verb} as a signal`, wasSignalled(verb)])),
  ...Object.fromEntries(VERBS.map((verb) => [`${verb} as an update`, wasUpdated(verb)])),
  'a cancellation': ({ events }) =>
    events.some((event) => event.workflowExecutionCancelRequestedEventAttributes != null),
  'a breach that the baseline shares': says('"shared":true'),
  'an undo by the guard': says('"undoneAtMs":'),
  'an approval whose time is over': rang(/^Approval/),
  'a watch that found no slot': ({ events }) =>
    events.some(
      ({ activityTaskTimedOutEventAttributes: out }) =>
        out?.failure?.timeoutFailureInfo?.timeoutType === TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START,
    ),
  'an undo': (contents) => isInput(contents, '"undo":'),
  'a run that continues as new': ({ events }) =>
    events.some((event) => event.workflowExecutionContinuedAsNewEventAttributes != null),
  'a state that is carried on': (contents) => isInput(contents, '"carried":'),
  'a signal that is no JSON': says('half an hour, please'),
  'a record that another workflow keeps': ({ events }) =>
    events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name === 'keepRecord',
};

const lacking = (release: string): string[] => {
  const contents = RECORDED.filter((recorded) => recorded.release === release).map(contentsOf);
  return Object.entries(MUST_HOLD).flatMap(([what, holds]) => (contents.some(holds) ? [] : [what]));
};

describe('the histories of a release that is frozen', () => {
  const frozen = [...new Set(RECORDED.filter(({ isFrozen }) => isFrozen).map(({ release }) => release))];

  test('hold every command, and every turn that a rollout can take [C-12]', () => {
    expect(frozen.map((release) => [release, lacking(release)])).toEqual(frozen.map((release) => [release, []]));
  });
});
