import { expect, test } from 'vitest';
import { sendersIn, starterIn, type MessageHistory } from '../../src/activities/senders.js';

const signalled = (signalName: string, identity: string | null) => ({
  workflowExecutionSignaledEventAttributes: { signalName, identity },
});
const updated = (name: string, identity: string) => ({
  workflowExecutionUpdateAcceptedEventAttributes: { acceptedRequest: { meta: { identity }, input: { name } } },
});
const cancelled = (identity: string) => ({ workflowExecutionCancelRequestedEventAttributes: { identity } });

const history: MessageHistory = {
  events: [
    {},
    signalled('pause', 'ada@laptop'),
    updated('pause', 'ci@runner'),
    signalled('abort', ''),
    signalled('pause', 'grace@laptop'),
    updated('pause', 'ada@laptop'),
    cancelled('ops@console'),
    cancelled('late@console'),
  ],
};

test.each([
  ['signal', 'pause', 1, 'ada@laptop'],
  ['signal', 'pause', 2, 'grace@laptop'],
  ['update', 'pause', 1, 'ci@runner'],
  ['update', 'pause', 2, 'ada@laptop'],
  ['signal', 'pause', 3, undefined],
  ['update', 'abort', 1, undefined],
] as const)('the sender of a %s %s is told by its number (%i) [S-03]', (channel, name, ordinal, identity) => {
  expect(sendersIn(history)({ channel, name, ordinal })).toBe(identity);
});

test('an identity that is empty is none [S-03]', () => {
  expect(sendersIn(history)({ channel: 'signal', name: 'abort', ordinal: 1 })).toBeUndefined();
});

test('what the workflow told itself is put down to whoever cancelled it first, if anybody did [S-03]', () => {
  const toItself = { channel: 'signal', name: 'abort', ordinal: 0 } as const;
  expect(sendersIn(history)(toItself)).toBe('ops@console');
  expect(sendersIn({ events: [signalled('abort', 'ada@laptop')] })(toItself)).toBeUndefined();
  expect(sendersIn({})(toItself)).toBeUndefined();
});

test('who started a run stands in its first event [S-03]', () => {
  expect(
    starterIn({ events: [{ workflowExecutionStartedEventAttributes: { identity: 'ci@runner' } }, cancelled('x')] }),
  ).toBe('ci@runner');
  expect(starterIn({ events: [{ workflowExecutionStartedEventAttributes: { identity: '' } }] })).toBeUndefined();
  expect(starterIn(history)).toBeUndefined();
});
