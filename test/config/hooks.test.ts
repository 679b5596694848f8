import { expect, test } from 'vitest';
import { load, told } from './support.js';

const CHECKOUT = `
routers: { gateway: { kind: gateway, instances: ['http://10.0.0.1:8081'] } }
metrics: { gateway: { kind: gateway, instances: ['http://10.0.0.1:8081'] } }
services:
  checkout:
    backends: { blue: { url: 'http://10.0.1.1:9001' }, green: { url: 'http://10.0.1.2:9001' } }
`;

test('hooks are there in the units of the program, and services name them by moment [M-08]', () => {
  const { hooks, services, warnings } = load(`${CHECKOUT}    hooks: { beforeStage: [ci, warmUp], completed: chat }
hooks:
  ci: { type: webhook, url: 'https://ci.example.com/hook/', secret: [env:NEW, env:OLD], timeout: 3s, deadline: 1h }
  warmUp: { type: command, argv: [./warm-up, -v], env: [TOKEN], cwd: / }
  chat: { type: slack, url: env:SLACK_URL }
`);
  expect(services.checkout?.hooks).toEqual({ beforeStage: ['ci', 'warmUp'], completed: ['chat'] });
  expect(hooks).toEqual({
    ci: {
      type: 'webhook',
      url: 'https://ci.example.com/hook/',
      secrets: ['env:NEW', 'env:OLD'],
      timeoutMs: 3000,
      deadlineMs: 3_600_000,
      allowAddresses: [],
    },
    warmUp: {
      type: 'command',
      argv: ['./warm-up', '-v'],
      env: ['TOKEN'],
      cwd: '/',
      timeoutMs: 300_000,
      deadlineMs: 900_000,
    },
    chat: { type: 'slack', url: 'env:SLACK_URL', timeoutMs: 10_000, deadlineMs: 900_000, allowAddresses: [] },
  });
  expect(warnings).toEqual([]);
});

test('everything that is wrong with hooks is said at once, and what was meant [M-08]', () => {
  const problems =
    told(`${CHECKOUT}    hooks: { beforeStag: ci, completed: chatt, confirmPromotion: talk, needsHuman: [] }
hooks:
  ci: { type: webhook, url: ftp://ci, secret: whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ= }
  chat: { type: slack, url: 'https://hooks.slack.com/services/T0/B0/planted' }
  talk: { type: slack, url: env:SLACK_URL }
  run: { type: command, argv: [-rf, /] }
`).join('\n');
  for (const words of [
    'beforeStage',
    'chatt',
    'A chat is told, and cannot answer',
    'This names no hook',
    'This is not the URL of a hook',
    'This is an option, not a program',
    'A secret is given by reference only',
  ])
    expect(problems, words).toContain(words);
  expect(problems).not.toContain('c2VjcmV0');
  expect(problems).not.toContain('planted');
});

test('a hook that nobody names, and one that is not signed, are warned of [M-08]', () => {
  const { warnings } = load(`${CHECKOUT}    hooks: { completed: ci }
hooks:
  ci: { type: webhook, url: 'https://ci.example.com' }
  old: { type: command, argv: [run] }
`);
  expect(warnings).toEqual([
    'hooks.ci: what is sent is not signed, so anybody could have sent it: give it a secret',
    'hooks.old: no service names it',
  ]);
});
