import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Moment } from '../../src/domain/hooks/moments.js';
import { isAlive } from '../../src/dev/process/is-alive.js';
import { eventually, until } from '../contract/support/eventually.js';
import { BEHAVIOURS, startHookReceiver, verify, type HookReceiver } from '../contract/support/hook-receiver.js';
import { buildCommandLine, commandLineFor, kill, type CommandLine, type Running } from './support/command-line.js';
import { quickPlan, startWorld, type World } from './support/world.js';

/** Each service is stopped in another moment by its hook, and all of them lose their worker then. */
const MOMENTS = ['beforeStage', 'whileStage', 'confirmPromotion', 'rolledBack', 'needsHuman', 'completed'] as const;
type Stopped = (typeof MOMENTS)[number];

/** What must never be found outside of the worker. */
const PLANTED = {
  SIGNING_SECRET: `whsec_${Buffer.from('planted-Tr0ub4dor-and-3-for-me').toString('base64')}`,
  DEPLOY_TOKEN: 'planted-c0rrect-horse-battery',
  CHAT_URL: '',
};

const READY_MS = 60_000;

let world: World;
let receiver: HookReceiver;
let headgate: CommandLine;
const running: Running[] = [];

const serviceOf = (moment: string): string => moment.toLowerCase();

/** What headgate.yaml says of hooks. */
function configured() {
  const script =
    'echo $$ >> "$HEADGATE_SERVICE.pids"; echo "$HEADGATE_IDEMPOTENCY_KEY" >> keys; echo "token $DEPLOY_TOKEN"; exec sleep 600';
  return {
    sections: {
      hooks: {
        asked: { type: 'webhook', url: receiver.url, secret: 'env:SIGNING_SECRET', timeout: '10m', deadline: '1h' },
        chat: { type: 'slack', url: 'env:CHAT_URL', timeout: '2s', deadline: '1s' },
        bringUp: {
          type: 'command',
          argv: ['/bin/sh', '-c', script],
          env: ['DEPLOY_TOKEN'],
          timeout: '10m',
          deadline: '1h',
        },
      },
    },
    ofService: (name: string) => {
      const moment = MOMENTS.find((one) => serviceOf(one) === name);
      return {
        hooks:
          moment === undefined
            ? { beforeStage: 'bringUp' }
            : { [moment]: moment === 'rolledBack' ? ['chat', 'asked'] : ['asked'] },
      };
    },
  };
}

beforeAll(async () => {
  await buildCommandLine();
  receiver = await startHookReceiver();
  PLANTED.CHAT_URL = `${receiver.url}/services/T000/planted-chat-url-0815`;
  world = await startWorld({ services: ['switched', ...MOMENTS.map(serviceOf)], worker: 'none' });
  headgate = await commandLineFor(world, PLANTED, configured());
}, 240_000);

afterAll(async () => {
  await Promise.all(running.map(kill));
  await headgate.remove();
  await world.stop();
  await receiver.stop();
});

async function startProcess(): Promise<Running> {
  const worker = headgate.start('worker');
  running.push(worker);
  await worker.prints(/"worker started"/);
  return worker;
}

const pids = async (): Promise<number[]> => {
  const text = await readFile(join(headgate.folder, 'switched.pids'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
};

const planFor = (service: string, moment: Stopped) => {
  const approval = { timeoutMs: null, onTimeout: 'hold' } as const;
  const durationMs = moment === 'whileStage' ? 600_000 : 300;
  const first = { trafficPercent: 50, durationMs, ...(moment === 'needsHuman' ? { approval } : {}) };
  const name = service;
  return quickPlan({
    service,
    name,
    analysis: { checks: [] },
    stages: [first, { trafficPercent: 100, durationMs: moment === 'rolledBack' ? 600_000 : 300 }],
  });
};

test(
  'a worker that is killed in any moment leaves no process behind, and the next one asks under the same key [M-08]',
  { timeout: 240_000 },
  async () => {
    receiver.answers = (response, { body }) => {
      // Chats answer what they were asked for: that must not be kept either.
      if (body.includes('"text"')) response.writeHead(404).end(`Cannot POST ${PLANTED.CHAT_URL}`);
      else BEHAVIOURS.hang();
    };
    const first = await startProcess();
    await world.deployment.start(quickPlan({ service: 'switched', name: 'switched', analysis: { checks: [] } }));
    for (const moment of MOMENTS) await world.deployment.start(planFor(serviceOf(moment), moment));
    const atFullLoad = ({ currentStage }: { readonly currentStage: number }) => currentStage === 2;
    const { id } = await world.status('rolledback', 'the last stage', atFullLoad);
    await world.deployment.rollback(id, { reason: 'enough' });
    const asked = (moment: Moment) => receiver.at(moment);
    for (const moment of MOMENTS) await until(`${moment} to be asked`, () => asked(moment).length === 1, READY_MS);
    const [before] = await eventually('the command to run', async () =>
      (await pids()).length === 1 ? pids() : undefined,
    );

    await kill(first);
    await until('the command to end', () => !isAlive(before ?? 0));
    const second = await startProcess();
    for (const moment of MOMENTS) await until(`${moment} to be asked again`, () => asked(moment).length >= 2, READY_MS);
    await until('the command to run again', async () => (await pids()).length === 2, READY_MS);

    for (const moment of MOMENTS) {
      const [one, other] = asked(moment);
      expect(other?.headers['webhook-id'], moment).toBe(one?.headers['webhook-id']);
      expect(other?.body, moment).toBe(one?.body);
      // What a rollout that has ended leaves to another workflow is counted anew there.
      if (moment !== 'rolledBack' && moment !== 'completed')
        expect(other?.headers['headgate-attempt'], moment).toBe('2');
      if (other !== undefined) verify(PLANTED.SIGNING_SECRET, other);
    }
    const keys = (await readFile(join(headgate.folder, 'keys'), 'utf8')).trim().split('\n');
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^switched@.*\/beforeStage\/1\/bringUp$/);

    receiver.answers = BEHAVIOURS.yes;
    for (const service of ['switched', 'whilestage', 'needshuman'])
      await world.deployment.rollback(service, { reason: 'over' });
    await kill(second);
    await startProcess();
    for (const service of ['switched', ...MOMENTS.map(serviceOf)]) await world.closed(service);
    for (const pid of await pids()) await until('no command to be left', () => !isAlive(pid));
    await noSecretIsKept();
  },
);

test(
  'the command of a worker that is frozen ends before another worker begins it again [M-08]',
  { timeout: 240_000 },
  async () => {
    receiver.answers = BEHAVIOURS.yes;
    await Promise.all(running.splice(0).map(kill));
    const before = (await pids()).length;
    const first = await startProcess();
    await world.deployment.start(quickPlan({ service: 'switched', name: 'switched', analysis: { checks: [] } }));
    await until('the command to run', async () => (await pids()).length === before + 1, READY_MS);
    const pid = (await pids()).at(-1) ?? 0;

    first.kill('SIGSTOP');
    const second = await startProcess();
    await until('it to run elsewhere', async () => (await pids()).length === before + 2, READY_MS);
    expect(isAlive(pid)).toBe(false);
    first.kill('SIGCONT');
    await world.deployment.rollback('switched', { reason: 'over' });
    await world.closed('switched');
    const last = (await pids()).at(-1) ?? 0;
    await until('nothing to be left', () => !isAlive(last));
    await kill(second);
  },
);

test('doctor names hooks that cannot work, and shows no secret [M-08]', async () => {
  const poor = await commandLineFor(world, {}, configured());
  const { stdout } = await poor.run('doctor');
  await poor.remove();
  expect(stdout).toContain('hook asked: The secret env:SIGNING_SECRET cannot be had');
  expect(stdout).toContain('hook chat: The secret env:CHAT_URL cannot be had');
  expect(stdout).toContain('hook bringUp: the command is to see DEPLOY_TOKEN, which the worker does not have');

  const well = await headgate.run('doctor');
  for (const name of ['asked', 'chat', 'bringUp'])
    expect(well.stdout).toContain(`hook ${name}: nothing is known to be in its way`);
  for (const secret of Object.values(PLANTED)) expect(well.stdout).not.toContain(secret);
});

/** In no history, log, journal, or output that is kept. */
async function noSecretIsKept(): Promise<void> {
  const texts: string[] = running.map((worker) => worker.output());
  for (const service of ['switched', ...MOMENTS.map(serviceOf)]) {
    const history = await world.client.workflow.getHandle(`${world.taskQueue}/rollout/${service}`).fetchHistory();
    for (const event of history.events ?? []) texts.push(decoded(event));
  }
  for (const name of await readdir(world.journalFolder))
    texts.push(await readFile(join(world.journalFolder, name), 'utf8').catch(() => ''));
  const everything = texts.join('\n');
  expect(everything).toContain('Hook chat was not told (rolledBack)');
  for (const secret of [...Object.values(PLANTED), 'planted-chat-url-0815'])
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')])
      expect(everything.split(form).length - 1, 'hits of a planted secret').toBe(0);
}

/** An event with its payloads as text. */
function decoded(event: object): string {
  return JSON.stringify(event, (_, value: unknown) =>
    value instanceof Uint8Array
      ? Buffer.from(value).toString('utf8')
      : typeof value === 'bigint'
        ? String(value)
        : value,
  );
}
