import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCommandHook } from '../../../src/adapters/hooks/command/command.js';
import { isAlive } from '../../../src/dev/process/is-alive.js';
import { attemptOf, describeHook, LIMIT_MS, payloadOf, PLANTED } from '../../contract/hooks.js';
import { eventually, until } from '../../contract/support/eventually.js';

let folder: string;
const start = async (): Promise<void> => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-hook-'));
};
const stop = (): Promise<void> => rm(folder, { recursive: true, force: true });

/** Longer than a program needs to start on a busy machine. */
const PATIENT_MS = 20_000;

function command(
  script: string,
  { env = [], timeoutMs = PATIENT_MS }: { readonly env?: string[]; readonly timeoutMs?: number } = {},
) {
  const workerEnv = { PATH: process.env.PATH ?? '', TOKEN: PLANTED, OTHER_SECRET: 'another-secret' };
  const options = { argv: ['/bin/sh', '-c', script], env, cwd: folder, timeoutMs, deadlineMs: 60_000 };
  return createCommandHook(options, workerEnv);
}

const SCRIPTS: Readonly<Record<string, string>> = {
  yes: 'exit 0',
  no: 'echo not on a Friday; exit 10',
  notYet: 'echo still warming up; exit 75',
  error: 'exit 1',
  signal: 'kill -9 $$',
  hang: 'sleep 600',
  repeat: 'echo "token $TOKEN"; printf %s "$TOKEN" | base64; exit 0',
};

describeHook('command', {
  answers: true,
  unanswered: ['error', 'signal', 'notFound'],
  make: (behaviour) => {
    if (behaviour === 'missing' || behaviour === 'notFound')
      return createCommandHook(
        { argv: ['headgate-nowhere'], env: [], cwd: folder, timeoutMs: PATIENT_MS, deadlineMs: 1 },
        {},
      );
    const timeoutMs = behaviour === 'hang' ? LIMIT_MS : PATIENT_MS;
    return command(SCRIPTS[behaviour] ?? 'exit 1', { env: ['TOKEN'], timeoutMs });
  },
});

beforeAll(start);
afterAll(stop);

const pidIn = (name: string): Promise<number> =>
  eventually(`a process to write ${name}`, async () => {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    return /\n$/.test(text) ? Number(text) : undefined;
  });

test('it is given the payload and the key, and sees no variable that is not named [M-08]', async () => {
  const answer = await command('cat; echo; env; exit 0', { env: ['TOKEN'] }).run(
    'beforeStage',
    payloadOf(),
    attemptOf(),
  );
  const output = answer.output ?? '';
  expect(output).toContain('"moment":"beforeStage"');
  expect(
    await command('echo $HEADGATE_IDEMPOTENCY_KEY $HEADGATE_ATTEMPT; exit 0').run(
      'beforeStage',
      payloadOf(),
      attemptOf(undefined, 3),
    ),
  ).toMatchObject({
    output: expect.stringContaining('checkout.eu@run/beforeStage/1/ci 3') as string,
  });
  const seen = await command('env | cut -d= -f1; exit 0').run('beforeStage', payloadOf(), attemptOf());
  expect(seen.output).not.toMatch(/TOKEN|OTHER_SECRET/);
});

test('arguments are taken as they are written: no shell reads them [M-08]', async () => {
  const argv = ['printf', '%s|', '$HOME', '; exit 10', '-n'];
  const hook = createCommandHook(
    { argv, env: [], cwd: folder, timeoutMs: PATIENT_MS, deadlineMs: 1 },
    { PATH: process.env.PATH },
  );
  expect(await hook.run('beforeStage', payloadOf(), attemptOf())).toMatchObject({
    answer: 'yes',
    output: '$HOME|; exit 10|-n|',
  });
});

test('a grandchild that holds the pipe ends with it, also one that left the group [M-08]', async () => {
  const script = 'sleep 600 & echo $! > child; setsid sleep 600 & echo $! > gone; exit 0';
  expect(await command(script).run('prepare', payloadOf('prepare'), attemptOf())).toMatchObject({ answer: 'yes' });
  for (const name of ['child', 'gone']) expect(isAlive(await pidIn(name)), name).toBe(false);
});

test('who ignores being asked to end is ended, and nothing is left of it [M-08]', async () => {
  const hook = command('trap "" TERM; sleep 600 & echo $! > stubborn; while :; do sleep 1; done', { timeoutMs: 3000 });
  await expect(hook.run('prepare', payloadOf('prepare'), attemptOf())).rejects.toThrow('was ended');
  expect(isAlive(await pidIn('stubborn'))).toBe(false);
});

test('of endless output only the first part is kept [M-08]', async () => {
  const hook = command('yes headgate & sleep 1; exit 0');
  const { output = '' } = await hook.run('prepare', payloadOf('prepare'), attemptOf());
  expect(output.length).toBeLessThanOrEqual(1000);
});

test('a second attempt begins when the first has ended, with all that it started [M-08]', async () => {
  const hook = command('echo begin >> log; trap "sleep 0.3; echo end >> log; exit 1" TERM; sleep 600 & wait', {});
  const caller = new AbortController();
  const first = hook.run('prepare', payloadOf('prepare'), attemptOf(caller.signal)).catch((error: unknown) => error);
  const log = async (): Promise<string> => readFile(join(folder, 'log'), 'utf8').catch(() => '');
  await until('the first to begin', async () => (await log()) === 'begin\n');
  caller.abort(new Error('the stage has ended'));
  const again = new AbortController();
  const second = hook.run('prepare', payloadOf('prepare'), attemptOf(again.signal, 2)).catch((error: unknown) => error);
  await until('the second to begin', async () => (await log()).split('begin').length === 3);
  expect(await log()).toBe('begin\nend\nbegin\n');
  again.abort(new Error('enough'));
  await Promise.all([first, second]);
});
