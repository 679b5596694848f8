import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSlackHook } from '../../../src/adapters/hooks/slack.js';
import { SecretUnavailableError } from '../../../src/spec/secret.js';
import { attemptOf, describeHook, LIMIT_MS, payloadOf, PLANTED } from '../../contract/hooks.js';
import { BEHAVIOURS, startHookReceiver, type HookReceiver } from '../../contract/support/hook-receiver.js';

let receiver: HookReceiver;
const start = async (): Promise<void> => {
  receiver = await startHookReceiver();
};

function slack(url = 'env:SLACK_URL') {
  return createSlackHook({ url, timeoutMs: LIMIT_MS, deadlineMs: 60_000, allowAddresses: [] }, (ref) => {
    if (ref !== 'env:SLACK_URL') throw new SecretUnavailableError('env:NOWHERE', 'a variable');
    return `${receiver.url}/services/T000/${PLANTED}`;
  });
}

describeHook('slack', {
  answers: false,
  unanswered: ['error', 'redirect', 'hangUp', 'busy', 'gone'],
  make: (behaviour) => {
    if (behaviour === 'missing') return slack('env:NOWHERE');
    receiver.answers =
      behaviour === 'repeat'
        ? (response) => void response.writeHead(404).end(`Cannot POST /services/T000/${PLANTED}`)
        : BEHAVIOURS[behaviour as keyof typeof BEHAVIOURS];
    return slack();
  },
});

beforeAll(start);
afterAll(() => receiver.stop());

test('a chat is told what, where, why, the command to type and the link [M-08]', async () => {
  const payload = payloadOf('needsHuman');
  const data = { ...payload.data, why: 'errorRate <8 %> & rising', link: 'https://temporal.example.com/x' };
  receiver.answers = (response, { body }) => {
    sent.push(body);
    response.end('ok');
  };
  const sent: string[] = [];
  await slack().run('needsHuman', { ...payload, data }, attemptOf());
  const { text } = JSON.parse(sent[0] ?? '{}') as { readonly text: string };
  expect(text.split('\n')).toEqual([
    '*May the next share of checkout be set?*',
    'errorRate &lt;8 %&gt; &amp; rising',
    'blue 100 %',
    '`headgate watch checkout`',
    '<https://temporal.example.com/x|checkout.eu@run>',
  ]);
});

test('a command that stops hundreds of rollouts is told once, also when the first attempt fails [M-08]', async () => {
  const hook = slack();
  const payload = payloadOf('completed');
  const stopped = (service: string, stoppedBy = 'stop-the-line/1') => ({
    ...payload,
    data: { ...payload.data, service, stoppedBy },
  });
  const bodies: string[] = [];
  let answered = 0;
  receiver.answers = (response, { body }) => {
    answered += 1;
    if (answered > 1) bodies.push(body);
    response.writeHead(answered === 1 ? 500 : 200).end();
  };
  const first = hook.run('completed', stopped('svc-0'), attemptOf());
  await expect(first).rejects.toThrow('500');
  for (let index = 0; index < 200; index += 1)
    await hook.run('completed', stopped(`svc-${String(index)}`), attemptOf());
  expect(bodies.length).toBe(1);
  await hook.run('completed', stopped('svc-0', 'stop-the-line/2'), attemptOf());
  expect(bodies.length).toBe(2);
});
