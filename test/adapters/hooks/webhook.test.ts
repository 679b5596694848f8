import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createWebhook, type WebhookOptions } from '../../../src/adapters/hooks/webhook.js';
import type { HookUnansweredError } from '../../../src/ports/hooks.js';
import { attemptOf, describeHook, LIMIT_MS, payloadOf, PLANTED } from '../../contract/hooks.js';
import { BEHAVIOURS, startHookReceiver, verify, type HookReceiver } from '../../contract/support/hook-receiver.js';

const SECRETS: Readonly<Record<string, string>> = {
  'env:NEW': `whsec_${Buffer.from('new'.padEnd(32, 'n')).toString('base64')}`,
  'env:OLD': `whsec_${Buffer.from('old'.padEnd(32, 'o')).toString('base64')}`,
  'env:NOT_A_SECRET': 'correct horse battery staple',
};

let receiver: HookReceiver;
const start = async (): Promise<void> => {
  receiver = await startHookReceiver();
};

const readSecret = (ref: string): string => {
  const url = ref === 'env:URL' ? `${receiver.url}/services/${PLANTED}` : SECRETS[ref];
  if (url === undefined) throw new Error(`nothing is named ${ref}`);
  return url;
};

function webhook(change: Partial<WebhookOptions> = {}) {
  const { url } = receiver;
  const options = { url, secrets: ['env:NEW', 'env:OLD'], timeoutMs: LIMIT_MS, deadlineMs: 60_000, allowAddresses: [] };
  return createWebhook({ ...options, ...change }, readSecret);
}

describeHook('webhook', {
  answers: true,
  unanswered: [
    'error',
    'html',
    'redirect',
    'yesWithout200',
    'empty',
    'almost',
    'upperCase',
    'hangUp',
    'drip',
    'huge',
    'busy',
    'gone',
  ],
  make: (behaviour) => {
    if (behaviour === 'missing') return webhook({ secrets: ['env:NOT_A_SECRET'] });
    if (behaviour === 'repeat') {
      receiver.answers = (response) => void response.writeHead(404).end(`Cannot POST /services/${PLANTED}`);
      return webhook({ url: 'env:URL' });
    }
    receiver.answers = BEHAVIOURS[behaviour as keyof typeof BEHAVIOURS];
    return webhook();
  },
});

beforeAll(start);
afterAll(() => receiver.stop());
beforeEach(() => {
  receiver.answers = BEHAVIOURS.yes;
  receiver.received.length = 0;
});

test('every attempt verifies with the reference library when it arrives, by either secret, under one id [M-08]', async () => {
  for (const attempt of [1, 2]) {
    await webhook().run('beforeStage', payloadOf(), attemptOf(undefined, attempt));
    const last = receiver.received.at(-1);
    for (const ref of ['env:NEW', 'env:OLD']) if (last !== undefined) verify(SECRETS[ref] ?? '', last);
  }
  const [first, second] = receiver.received;
  expect(first?.headers['webhook-id']).toBe('checkout%2Eeu@run/beforeStage/1/ci');
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(second?.body).toBe(first?.body);
  expect([first?.headers['headgate-attempt'], second?.headers['headgate-attempt']]).toEqual(['1', '2']);
  expect(() => first && verify(`whsec_${Buffer.from('another').toString('base64')}`, first)).toThrow();
});

test('the time that is signed is that of the attempt, not of the question [M-08]', async () => {
  await webhook().run('beforeStage', payloadOf(), attemptOf());
  const sentAtMs = Number(receiver.received[0]?.headers['webhook-timestamp']) * 1000;
  expect(Math.abs(Date.now() - sentAtMs)).toBeLessThan(60_000);
});

test.each([
  'http://169.254.169.254/latest',
  'http://[fe80::1]/',
  'http://[::ffff:169.254.169.254]/',
  'http://2852039166/',
  'http://100.100.100.200/',
])('the metadata of a machine at %s is not asked, and gets no byte [M-08]', async (url) => {
  const error = await webhook({ url })
    .run('beforeStage', payloadOf(), attemptOf())
    .catch((reason: unknown) => reason);
  expect((error as Error).message).toContain('metadata');
});

test('who asks to be left alone is left alone for as long [M-08]', async () => {
  receiver.answers = BEHAVIOURS.busy;
  const error = await webhook()
    .run('completed', payloadOf('completed'), attemptOf())
    .catch((reason: unknown) => reason);
  expect((error as HookUnansweredError).retryAfterMs).toBe(7000);
});

test('who is gone for good is not tried again [M-08]', async () => {
  receiver.answers = BEHAVIOURS.gone;
  const error = await webhook()
    .run('completed', payloadOf('completed'), attemptOf())
    .catch((reason: unknown) => reason);
  expect((error as HookUnansweredError).isFinal).toBe(true);
});
