import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandRefusedError, RolloutInFlightError, RolloutNotFoundError } from '../../src/client/errors.js';
import type { CommandOptions } from '../../src/client/messenger.js';
import { createSession, openRollouts } from '../../src/cli/create-session.js';
import type { Session } from '../../src/cli/session.js';
import type { HeadgateConfig } from '../../src/config/types.js';
import { loadConfig } from '../../src/config/load-config.js';
import { documentOf } from '../../src/cli/output/documents.js';
import { nextCommands } from '../../src/presentation/next.js';
import { parseDocument } from './support/document-schemas.js';
import { CapturedSink, interrupt, runCli } from './support/surroundings.js';
import { ROLES, STARTED_AT_MS, STORIES, Story } from './support/statuses.js';
import { InvalidSpecError } from '../../src/domain/errors.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import { fitService, portsOf } from '../activities/support/fabricated.js';
import { STRATEGIES_OF_TIER } from '../../src/domain/tier.js';

const summary = {
  id: 'checkout@7f3a2b10',
  service: 'checkout',
  strategy: 'canary',
  phase: 'progressing',
  stage: 2,
  trafficPercentage: 25,
  needsHuman: false,
  startedAt: new Date(STARTED_AT_MS).toISOString(),
  endedAt: null,
} as const;

const answer = { rolloutId: 'checkout@7f3a2b10', phase: 'paused', currentStage: 2, effect: 'Paused at 25 %' };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The parts that need no server. */
const local = {
  config: () => Promise.resolve(loadConfig({ env: {}, cwd: folder })),
};

/** The library as it is configured, without a server: what it refuses by itself comes first. */
function inTier(tier: string, change: Partial<HeadgateConfig> = {}): Partial<Session> {
  const config = () => Promise.resolve({ ...loadConfig({ env: { DEPLOYMENT_TIER: tier }, cwd: folder }), ...change });
  const nobody = new Client({ connection: Connection.lazy() });
  const noJournal = () => Promise.reject(new Error('there is no journal'));
  return { config, rollouts: async () => openRollouts(nobody, await config(), noJournal) };
}

describe('a line that is not understood', () => {
  test.each([
    ['an unknown command', ['abrt', 'checkout'], 'Did you mean abort?', 'headgate --help'],
    ['an unknown option', ['pause', '--fro', '3m'], 'Did you mean --for?', 'headgate pause --help'],
    ['a missing argument', ['start'], "missing required argument 'file'", 'headgate start --help'],
    ['a time without unit', ['pause', '--for', '30'], 'Write 30m for minutes', 'headgate pause --help'],
    ['a time of nothing', ['wait', '--timeout', '0s'], 'must be more than 0', 'headgate wait --help'],
    [
      'a share without percent sign',
      ['resume', '--traffic', '10'],
      'a percentage such as 10%',
      'headgate resume --help',
    ],
    [
      'a wait for something else',
      ['start', 'a.yaml', '--wait=done'],
      'promoted, approval or stage:N',
      'headgate start --help',
    ],
    [
      'an increase in percent',
      ['policy', 'set', '--latency-increase', '50%'],
      'such as 1.5',
      'headgate policy set --help',
    ],
    ['a group of commands alone', ['policy'], 'one of set, clear', 'headgate policy --help'],
    ['an option alone', ['--color'], 'expected a command', 'headgate --help'],
    ['a schema of something else', ['schema', 'flag'], 'one of spec, config', 'headgate schema --help'],
    [
      'a time to wait where nothing is waited for',
      ['start', 'a.yaml', '--timeout', '2h'],
      '--wait',
      'headgate start --help',
    ],
    ['a cancellation of no waiting', ['retry', '--on-cancel', 'abort'], '--wait', 'headgate retry --help'],
    ['a stage that is no number', ['approve', '--if-stage', 'two'], 'a whole number', 'headgate approve --help'],
    ['a phase that does not exist', ['list', '--phase', 'running'], 'one of waiting', 'headgate list --help'],
    ['an output format that does not exist', ['list', '-o', 'xml'], 'one of text, json, jsonl', 'headgate list --help'],
  ])('%s is refused with what to type', async (_, argv, words, next) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('INVALID_USAGE');
    expect(stderr).toContain(words);
    expect(stderr).toContain(`    ${next}\n`);
  });

  test('is told to programs on stdout, as a document', async () => {
    const { code, stdout, stderr } = await runCli(['abrt', '-o', 'json']);
    expect(code).toBe(2);
    expect(stderr).toBe('');
    expect(parseDocument(stdout)).toMatchObject({ kind: 'Error', code: 'INVALID_USAGE', exitCode: 2 });
  });
});

describe('a file that is no specification', () => {
  const named = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    const { code, stderr } = await runCli(['validate', name], { cwd: folder, session: local });
    expect(code).toBe(2);
    return stderr;
  };

  test('is told from its first bytes where Windows wrote it as UTF-16', async () => {
    const utf16 = Buffer.from('\ufeffkind: Canary', 'utf16le');
    expect(await named('utf16.yaml', utf16)).toMatch(/FILE_NOT_READABLE.*expected text in UTF-8, got UTF-16/s);
  });

  test('is not printed where it is no text at all', async () => {
    const stderr = await named('photo.yaml', Uint8Array.of(0xff, 0xd8, 0x9b, 0x33));
    expect(stderr).toMatch(/expected text in UTF-8, got something else/);
  });

  test('is not read for a minute where it is a log', async () => {
    expect(await named('log.yaml', Buffer.alloc(1_100_000, '# 1\n'))).toMatch(/at most 1 MiB/);
  });
});

test('init does not write files that validate refuses', async () => {
  const { code, stderr } = await runCli(['init', 'bad name'], { cwd: folder, session: local });
  expect(code).toBe(2);
  expect(stderr).toMatch(/got "bad name"\n {4}headgate init --help/);
  expect(await readdir(folder)).not.toContain('canary.yaml');
});

test('doctor tells once what is wrong with the configuration that everything else stands in', async () => {
  const config = () => Promise.reject(new InvalidSpecError('The configuration is refused', []));
  const { code, stdout } = await runCli(['doctor'], { session: { config } });
  expect(code).toBe(6);
  expect(stdout.match(/The configuration is refused/g)).toHaveLength(1);
});

test('break-glass without a configuration says where routers are configured, not that there is no such service', async () => {
  const ports = () => Promise.resolve(portsOf(fitService({ service: 'other' })));
  const line = ['break-glass', 'set-weights', 'checkout', 'blue=100', '-y', '--reason', 'x'];
  const { code, stderr } = await runCli(line, { session: { ...local, ports } });
  expect(code).toBe(2);
  expect(stderr).toMatch(/there is none here.*--config FILE, or HEADGATE_CONFIG/s);
});

describe('help', () => {
  test('is shown for no command at all, and is no error', async () => {
    const { code, stdout } = await runCli([]);
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: headgate');
    expect(stdout).toContain('124 waiting timed out');
  });

  test('names every command', async () => {
    const { stdout } = await runCli(['--help']);
    for (const command of [
      'init',
      'schema',
      'validate',
      'plan',
      'doctor',
      'start',
      'list',
      'status',
      'watch',
      'wait',
      'history',
      'approve',
      'reject',
      'promote',
      'pause',
      'resume',
      'abort',
      'rollback',
      'finish',
      'policy',
      'emergency-stop',
      'retry',
      'break-glass',
      'dev',
      'worker',
      'demo',
      'config',
    ])
      expect(stdout).toMatch(new RegExp(`^ {2}${command}( |$)`, 'm'));
  });

  test('of a command shows the options that every command takes', async () => {
    const { stdout } = await runCli(['pause', '--help']);
    expect(stdout).toContain('--namespace <name>');
  });

  test('the version is that of the package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('output', () => {
  const rollouts = {
    list: () => Promise.resolve([summary]),
    getDeploymentStatus: () => Promise.resolve(STORIES.progressing().status()),
  };

  test('is text unless asked otherwise, also in a pipe', async () => {
    const { stdout } = await runCli(['list'], { rollouts, session: local });
    expect(stdout).toContain('checkout  ◌ progressing  stage 2  25 %');
  });

  test('HEADGATE_OUTPUT asks, -o asks louder', async () => {
    const env = { HEADGATE_OUTPUT: 'json' };
    expect(parseDocument((await runCli(['list'], { rollouts, env })).stdout).kind).toBe('RolloutList');
    expect((await runCli(['list', '-o', 'text'], { rollouts, env })).stdout).toContain('◌ progressing');
  });

  test('headgate.yaml may ask too', async () => {
    const config = () => Promise.resolve({ ...loadConfig({ env: {}, cwd: folder }), output: 'jsonl' as const });
    expect(parseDocument((await runCli(['list'], { rollouts, session: { config } })).stdout).kind).toBe(
      'RolloutSummary',
    );
  });

  test('a list as JSON lines is a document a line', async () => {
    const two = { list: () => Promise.resolve([summary, { ...summary, id: 'search@1', service: 'search' }]) };
    const { stdout } = await runCli(['list', '-o', 'jsonl'], { rollouts: two });
    const documents = stdout.trimEnd().split('\n').map(parseDocument);
    expect(documents).toMatchObject([{ kind: 'RolloutSummary', service: 'checkout' }, { service: 'search' }]);
  });

  test('a list without what was asked for says that, and does not tell a newcomer how to begin', async () => {
    const empty = { rollouts: { list: () => Promise.resolve([]) }, session: local };
    const { stdout } = await runCli(['list', '--needs-human'], empty);
    expect(stdout).toBe('No such rollouts.\n    headgate list\n');
    expect((await runCli(['list', '--limit', '3'], empty)).stdout).toMatch(/^No rollouts\./);
  });

  test('an empty list says how to fill it', async () => {
    const { stdout } = await runCli(['list'], { rollouts: { list: () => Promise.resolve([]) }, session: local });
    expect(stdout).toBe('No rollouts.\n    headgate init\n    headgate start FILE --wait\n    headgate demo\n');
  });

  test.each(Object.entries(STORIES))('the status of a rollout that is %s has the promised shape', async (_, story) => {
    const status = story().status();
    const { code, stdout } = await runCli(['status', 'checkout', '-o', 'json'], {
      rollouts: { getDeploymentStatus: () => Promise.resolve(status) },
    });
    expect(code).toBe(0);
    expect(parseDocument(stdout)).toEqual(documentOf('RolloutStatus', { ...status, next: nextCommands(status) }));
  });

  test('the global options may stand before the command and after it', async () => {
    const before = await runCli(['-o', 'json', 'list'], { rollouts });
    expect(before).toEqual(await runCli(['list', '-o', 'json'], { rollouts }));
  });
});

describe('the rollout that is meant', () => {
  const status = { getDeploymentStatus: () => Promise.resolve(STORIES.progressing().status()) };

  test('is the only one in flight, when none is named', async () => {
    const rollouts = { ...status, list: () => Promise.resolve([summary]) };
    expect((await runCli(['status'], { rollouts, session: local })).stdout).toContain('checkout@7f3a2b10');
  });

  test('must be named when there are several', async () => {
    const rollouts = { list: () => Promise.resolve([summary, { ...summary, service: 'search' }]) };
    const { code, stderr } = await runCli(['abort'], { rollouts, session: local });
    expect(code).toBe(2);
    expect(stderr).toContain('one of checkout, search');
  });

  test('that nobody knows is not found', async () => {
    const rollouts = { getDeploymentStatus: (id: unknown) => Promise.reject(new RolloutNotFoundError(String(id))) };
    const { code, stderr } = await runCli(['status', 'nosuch'], { rollouts, session: local });
    expect(code).toBe(3);
    expect(stderr).toContain('    headgate list\n');
  });
});

describe('decisions', () => {
  /** Remembers how it was called. */
  function recorder() {
    const calls: unknown[][] = [];
    const take = (...call: unknown[]) => {
      calls.push(call);
      return Promise.resolve(answer);
    };
    return { calls, take };
  }

  test('carry who, why and the stage they are meant for [C-08]', async () => {
    const { calls, take } = recorder();
    const { code, stdout } = await runCli(['approve', 'checkout', '--if-stage', '2', '--reason', 'looks good'], {
      rollouts: { approve: take },
      session: local,
    });
    expect(code).toBe(0);
    expect(calls).toEqual([['checkout', { by: 'ada@laptop', reason: 'looks good', ifStage: 2 }]]);
    expect(stdout).toBe('✔ checkout@7f3a2b10: Paused at 25 %\n    headgate watch checkout\n');
  });

  test('in CI are asked by the run', async () => {
    const { calls, take } = recorder();
    const env = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/shop', GITHUB_RUN_ID: '9913' };
    await runCli(['finish', 'checkout'], { rollouts: { finish: take }, env, session: local });
    await runCli(['finish', 'checkout', '--by', 'grace'], { rollouts: { finish: take }, env, session: local });
    expect(calls.map(([, asking]) => (asking as CommandOptions).by)).toEqual(['ci:acme/shop#9913', 'grace']);
  });

  test('pause and resume say how long, how much and how often, in the units of the workflow [C-09]', async () => {
    const { calls, take } = recorder();
    const rollouts = { pause: take, resume: take };
    await runCli(['pause', 'checkout', '--for', '1h30m'], { rollouts, session: local });
    await runCli(['resume', 'checkout', '--traffic', '12.5%', '--interval', '30s'], { rollouts, session: local });
    await runCli(['resume', 'checkout'], { rollouts, session: local });
    const by = 'ada@laptop';
    expect(calls.map(([, asking]) => asking)).toEqual([
      { by, durationMinutes: 90 },
      { by, modifiedConfig: { traffic: 0.125, monitoringInterval: 30 } },
      { by },
    ]);
  });

  test('policy set says when traffic goes back, as fractions and seconds; what is not said stays [M-03]', async () => {
    const { calls, take } = recorder();
    const rollouts = { setRollbackPolicy: take };
    const bounds = '--error-rate 2% --success-rate 99% --latency-increase 1.5 --window 5m --consecutive-failures 3';
    const run = (...argv: string[]) => runCli(['policy', ...argv], { rollouts, session: local });
    expect((await run('set', 'checkout', ...bounds.split(' '), '--no-auto-rollback', '--reason', 'Friday')).code).toBe(
      0,
    );
    await run('set', 'checkout', '--auto-rollback');
    await run('clear', 'checkout');
    const by = 'ada@laptop';
    expect(calls).toEqual([
      [
        'checkout',
        {
          policy: {
            errorRateThreshold: 0.02,
            successRateMinimum: 0.99,
            latencyIncrease: 1.5,
            evaluationWindow: 300,
            consecutiveFailures: 3,
          },
          autoRollback: false,
        },
        { by, reason: 'Friday' },
      ],
      ['checkout', { autoRollback: true }, { by }],
      ['checkout', { policy: null }, { by }],
    ]);
  });

  test('policy set is refused without anything to set, and where the tier has less monitoring [M-03] [K-03]', async () => {
    const { calls, take } = recorder();
    const rollouts = { setRollbackPolicy: take };
    const nothing = await runCli(['policy', 'set', 'checkout'], { rollouts, session: local });
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('policy set has nothing to set')]);
    const argv = ['policy', 'set', 'checkout', '--latency-increase', '1.5'];
    const less = await runCli(argv, { session: inTier('professional') });
    expect([less.code, less.stderr]).toEqual([
      5,
      expect.stringContaining('MONITORING_NOT_IN_TIER  The tier professional has enhanced monitoring'),
    ]);
    expect(calls).toEqual([]);
  });

  test('that are not taken are refused with their reason and what to type [C-08]', async () => {
    const refused = new CommandRefusedError('checkout@7f3a2b10', 'approve', {
      code: 'STALE_STAGE',
      message: 'meant for stage 1, the rollout is at stage 2',
    });
    const rollouts = { approve: () => Promise.reject(refused) };
    const { code, stderr } = await runCli(['approve', 'checkout', '--if-stage', '1'], { rollouts, session: local });
    expect(code).toBe(5);
    expect(stderr).toMatch(/^✖ STALE_STAGE .*meant for stage 1.*\n {4}headgate status checkout@7f3a2b10\n$/);
    const { stdout } = await runCli(['approve', 'checkout', '-o', 'json'], { rollouts });
    expect(parseDocument(stdout)).toMatchObject({ code: 'STALE_STAGE', reason: 'conflict', exitCode: 5 });
  });

  describe('to go straight to 100 %', () => {
    test('is never taken for granted: without a terminal it needs -y and --reason', async () => {
      const { calls, take } = recorder();
      const rollouts = { promoteToNextStage: take };
      for (const line of [['--full'], ['--full', '-y'], ['--full', '--reason', 'x']]) {
        const { code, stderr } = await runCli(['promote', 'checkout', ...line], { rollouts, session: local });
        expect(code).toBe(2);
        expect(stderr).toContain('headgate promote checkout --full -y --reason …');
      }
      expect(calls).toEqual([]);
      await runCli(['promote', 'checkout', '--full', '-y', '--reason', 'x'], { rollouts, session: local });
      expect(calls).toEqual([['checkout', { by: 'ada@laptop', reason: 'x', full: true }]]);
    });

    test('a person at a terminal is asked, and only "yes" is yes', async () => {
      for (const [typed, asked] of [
        ['yes', 1],
        ['y', 0],
        ['', 0],
      ] as const) {
        const { calls, take } = recorder();
        const stderr = new CapturedSink();
        stderr.isTTY = true;
        const { code } = await runCli(['promote', 'checkout', '--full'], {
          rollouts: { promoteToNextStage: take },
          session: local,
          stderr,
          answer: typed,
        });
        expect([calls.length, code]).toEqual([asked, asked === 1 ? 0 : 2]);
      }
    });
  });

  test.each(['abort', 'rollback', 'emergency-stop'])('%s never prompts', async (verb) => {
    const stopped: unknown[] = [];
    const stop = (id: unknown) => Promise.resolve(void stopped.push(id));
    const rollouts = {
      rollback: stop,
      emergencyStop: stop,
      getDeploymentStatus: () => Promise.resolve(STORIES.rollingBack().status()),
    };
    const { code, stdout } = await runCli([verb, 'checkout'], { rollouts, session: local });
    expect(code).toBe(0);
    expect(stopped).toEqual(['checkout']);
    expect(stdout).toContain('rollingBack; traffic goes back to blue');
  });

  test('a stop that was waited for has reached what was awaited', async () => {
    const rollouts = {
      rollback: () => Promise.resolve(),
      getDeploymentStatus: () => Promise.resolve(STORIES.aborted().status()),
    };
    const { code, stdout } = await runCli(['abort', 'checkout', '--wait'], { rollouts, session: local });
    expect(code).toBe(0);
    expect(stdout).toContain('■ checkout aborted by ada@laptop: wrong build');
  });

  test('a stop without a worker says what it waits for, and the way past it [M-04]', async () => {
    const rollouts = {
      rollback: () => Promise.resolve(),
      getDeploymentStatus: () => Promise.resolve({ ...STORIES.progressing().status(), worker: 'none' as const }),
    };
    const { code, stdout } = await runCli(['abort', 'checkout'], { rollouts, session: local });
    expect(code).toBe(0);
    expect(stdout).toContain('it happens as soon as a worker is there');
    expect(stdout).toContain('headgate break-glass set-weights checkout BASELINE=100 --reason …');
  });

  describe('a stop that was meant for another stage', () => {
    const wentOn = {
      rollback: () => Promise.resolve(),
      emergencyStop: () => Promise.resolve(),
      getDeploymentStatus: () => Promise.resolve(STORIES.progressing().status()),
    };

    test.each([['abort'], ['rollback'], ['emergency-stop'], ['abort', '--wait']])(
      '%s %s says that it was not taken, and at which stage the rollout is [C-08]',
      async (verb, ...words) => {
        const { code, stdout, stderr } = await runCli([verb, 'checkout', '--if-stage', '1', ...words], {
          rollouts: wentOn,
          session: local,
        });
        expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
        expect(stderr).toMatch(
          /^✖ STALE_STAGE .* does not take "\w+" now: meant for stage 1, the rollout is at stage 2\n/,
        );
      },
    );

    test('is no promise while nobody can say at which stage it is [C-08]', async () => {
      const unknown = { ...STORIES.progressing().status(), worker: 'none' as const };
      const { code, stdout } = await runCli(['abort', 'checkout', '--if-stage', '1'], {
        rollouts: { ...wentOn, getDeploymentStatus: () => Promise.resolve(unknown) },
        session: local,
      });
      expect(code).toBe(0);
      expect(stdout).toContain('it happens as soon as a worker is there, if the rollout is still at stage 1');
    });

    test('ends the waiting when a worker comes that did not take it [C-08]', async () => {
      const seen = [{ ...STORIES.progressing().status(), worker: 'none' as const }, STORIES.progressing().status()];
      const look = () => Promise.resolve(seen.length > 1 ? (seen.shift() ?? nothing()) : (seen[0] ?? nothing()));
      const { code, stderr } = await runCli(['abort', 'checkout', '--if-stage', '1', '--wait'], {
        rollouts: { ...wentOn, getDeploymentStatus: look },
        session: local,
      });
      expect(code).toBe(5);
      expect(stderr).toContain('meant for stage 1, the rollout is at stage 2');
    });
  });

  test('a stop of a rollout that was promoted meanwhile was not taken [C-08]', async () => {
    const { code, stdout, stderr } = await runCli(['abort', 'checkout'], {
      rollouts: {
        rollback: () => Promise.resolve(),
        getDeploymentStatus: () => Promise.resolve(STORIES.promoted().status()),
      },
      session: local,
    });
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain('the rollout has ended: promoted');
    expect(stderr).toContain('headgate undo checkout --reason …');
  });

  test('the answer has the promised shape', async () => {
    const { stdout } = await runCli(['pause', 'checkout', '-o', 'json'], {
      rollouts: { pause: () => Promise.resolve(answer) },
    });
    expect(parseDocument(stdout)).toMatchObject({ kind: 'CommandResult', verb: 'pause', answered: true });
  });
});

describe('a configuration that is refused', () => {
  const session = { config: () => Promise.resolve(loadConfig({ env: { DEPLOYMENT_TIER: 'gold' }, cwd: folder })) };

  test('stops what needs it, with every problem', async () => {
    const { code, stderr } = await runCli(['config', 'show'], { session });
    expect(code).toBe(2);
    expect(stderr).toContain('DEPLOYMENT_TIER');
  });

  test('does not stop a stop', async () => {
    const stderr = new CapturedSink();
    const surroundings = {
      env: { DEPLOYMENT_TIER: 'gold', HEADGATE_WORKFLOW_ID_PREFIX: 'staging/' },
      cwd: folder,
      stdin: { isTTY: false, question: () => Promise.resolve('') },
      stdout: new CapturedSink(),
      stderr,
      nowMs: () => 0,
      user: 'ada@laptop',
      interrupted: new AbortController().signal,
    };
    const session = createSession({ address: '127.0.0.1:1' }, surroundings);
    session.tolerateBadConfig();
    // Nobody listens there: it has got as far as trying to connect.
    await expect(session.rollouts()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(stderr.text).toContain('going on without the configuration');
  });
});

describe('waiting', () => {
  test('tells every transition on stderr and the last word on stdout', async () => {
    const looks = [STORIES.progressing().status(), STORIES.rolledBack().status()];
    const { code, stdout, stderr } = await runCli(['wait', 'checkout'], {
      rollouts: { getDeploymentStatus: () => Promise.resolve(looks.shift() ?? STORIES.rolledBack().status()) },
      session: local,
    });
    expect(code).toBe(10);
    expect(stderr).toContain('14:10:01  Stage 2 of 4: 25 % to green, read back\n');
    expect(stdout).toContain('✖ checkout rolled back: errorRate 4.2 % > max 1 %');
    expect(stdout).toContain('all traffic on blue again 14:12:01.6, 0.4 s after the verdict');
  });

  test('is ended by Ctrl-C at once, and the way back is printed', async () => {
    const interrupting = new AbortController();
    const getDeploymentStatus = () => {
      interrupt(interrupting, 'SIGINT');
      return new Promise<never>(() => undefined);
    };
    const { code, stderr } = await runCli(['wait', 'checkout'], {
      rollouts: { getDeploymentStatus },
      session: local,
      interrupting,
    });
    expect(code).toBe(130);
    expect(stderr).toContain('the rollout goes on');
    expect(stderr).toContain('    headgate watch checkout\n');
  });

  test('ends with 143 on SIGTERM', async () => {
    const interrupting = new AbortController();
    interrupt(interrupting, 'SIGTERM');
    const { code } = await runCli(['wait', 'checkout'], {
      rollouts: { getDeploymentStatus: () => Promise.resolve(STORIES.progressing().status()) },
      session: local,
      interrupting,
    });
    expect(code).toBe(143);
  });

  test('outlives a server that is away for a moment', async () => {
    const away = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'refused' });
    const looks = [() => Promise.reject(away), () => Promise.resolve(STORIES.promoted().status())];
    const { code, stderr } = await runCli(['wait', 'checkout'], {
      rollouts: { getDeploymentStatus: () => (looks.shift() ?? looks[0])?.() ?? Promise.reject(away) },
      session: local,
    });
    expect(code).toBe(0);
    expect(stderr).toContain('Temporal does not answer; the rollout goes on, looking again');
    expect(stderr).toContain('Temporal answers again');
  });

  test('gives up on a server that stays away', async () => {
    const away = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'refused' });
    let nowMs = STARTED_AT_MS;
    const { code } = await runCli(['wait', 'checkout'], {
      rollouts: { getDeploymentStatus: () => Promise.reject(away) },
      session: local,
      nowMs: () => (nowMs += 61_000),
    });
    expect(code).toBe(6);
  });

  test('as JSON lines is a document per transition, and the outcome last', async () => {
    const looks = [STORIES.progressing().status(), STORIES.progressing().status(), STORIES.promoted().status()];
    const { stdout } = await runCli(['wait', 'checkout', '-o', 'jsonl'], {
      rollouts: { getDeploymentStatus: () => Promise.resolve(looks.shift() ?? STORIES.promoted().status()) },
    });
    const documents = stdout.trimEnd().split('\n').map(parseDocument);
    expect(documents).toMatchObject([{ phase: 'progressing' }, { phase: 'promoted' }]);
  });
});

describe('watching', () => {
  const rollouts = { getDeploymentStatus: () => Promise.resolve(STORIES.rolledBack().status()) };

  test('draws in place on a terminal and keeps the last frame', async () => {
    const stdout = new CapturedSink();
    stdout.isTTY = true;
    const ran = await runCli(['watch', 'checkout', '--no-color'], { rollouts, session: local, stdout });
    expect(ran.code).toBe(10);
    expect(ran.stdout).toContain('✖ rolledBack');
    expect(ran.stdout.endsWith('\u001b[?25h')).toBe(true);
  });

  test('is a line per transition elsewhere', async () => {
    const ran = await runCli(['watch', 'checkout'], { rollouts, session: local });
    expect(ran.code).toBe(10);
    expect(ran.stdout).toContain('\n14:10:01  Stage 1 passed');
    expect(ran.stdout).not.toContain('\u001b');
  });

  test('goes on while a person is needed', async () => {
    const looks = [STORIES.held().status(), STORIES.promoted().status()];
    const { code, stdout } = await runCli(['watch', 'checkout'], {
      rollouts: { getDeploymentStatus: () => Promise.resolve(looks.shift() ?? STORIES.promoted().status()) },
      session: local,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('needs you: latencyP99 needs about 2,100 more requests');
  });
});

describe('from nothing to a plan', () => {
  test('init writes files that are valid, and keeps what is there', async () => {
    const cwd = await mkdtemp(join(folder, 'init-'));
    await writeFile(join(cwd, 'headgate.yaml'), '# mine\n');
    const { code, stdout } = await runCli(['init', 'shop', '-o', 'json'], { cwd });
    expect(code).toBe(0);
    expect(parseDocument(stdout)).toMatchObject({
      written: ['canary.yaml', 'headgate.schema.json', 'headgate.config.schema.json'],
      kept: ['headgate.yaml'],
    });
    expect(await readFile(join(cwd, 'headgate.yaml'), 'utf8')).toBe('# mine\n');
    expect((await readdir(cwd)).sort()).toEqual([
      'canary.yaml',
      'headgate.config.schema.json',
      'headgate.schema.json',
      'headgate.yaml',
    ]);
    const validated = await runCli(['validate', 'canary.yaml', '-o', 'json'], { cwd, session: local });
    expect(validated.code).toBe(0);
    expect(parseDocument(validated.stdout)).toMatchObject({ valid: true, files: [{ specs: [{ service: 'shop' }] }] });
    const planned = await runCli(['plan', 'canary.yaml', '-o', 'json'], { cwd, session: local });
    expect(parseDocument(planned.stdout)).toMatchObject({ kind: 'Plan', plans: [{ service: 'shop' }] });
    const told = await runCli(['plan', 'canary.yaml'], { cwd, session: local });
    expect(told.stdout).toContain('would reach 100 % after 30m');
  });

  test('init writes what another data plane needs, and says how to start it', async () => {
    const cwd = await mkdtemp(join(folder, 'init-'));
    const { code, stdout } = await runCli(['init', 'shop', '--router', 'envoy'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('wrote envoy/routes/routes.yaml');
    expect(stdout).toContain('    envoy -c envoy/envoy.yaml\n');
    expect(await readFile(join(cwd, 'headgate.yaml'), 'utf8')).toContain('kind: envoy');
    const refused = await runCli(['init', '--router', 'nginx'], { cwd });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('one of gateway, envoy, haproxy');
  });

  test('init --router haproxy writes what HAProxy needs as well, and tells how to start it', async () => {
    const cwd = await mkdtemp(join(folder, 'init-'));
    const { code, stdout } = await runCli(['init', 'shop', '--router', 'haproxy'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/wrote haproxy\.cfg[\s\S]*wrote share\.map[\s\S]* haproxy -W -f haproxy\.cfg\n/);
    expect(await readFile(join(cwd, 'share.map'), 'utf8')).toContain('shop green/0/blue');
    expect((await runCli(['init', '--router', 'haproksy'], { cwd })).code).toBe(2);
  });

  test('validate says everything that is wrong with every file, and exits with 2 [U-04]', async () => {
    const bad = join(folder, 'bad.yaml');
    await writeFile(
      bad,
      'apiVersion: headgate/v1\nkind: Canary\nservice: shop\nstages:\n  - { traffic: 50%, duration: 1m }\n  - { traffic: 20%, duration: -1m }\nchekcs: []\n',
    );
    const { code, stdout } = await runCli(['validate', bad, '-o', 'json'], { session: local });
    expect(code).toBe(2);
    const document = parseDocument(stdout);
    if (document.kind !== 'Validation') throw new Error(`it printed a ${document.kind}`);
    expect(document.files[0]?.problems.length).toBeGreaterThan(2);
    for (const { at } of document.files[0]?.problems ?? []) expect(at).toMatch(/bad\.yaml:\d+:\d+$/);
    const text = await runCli(['validate', bad], { session: local });
    expect(text.stdout).toMatch(/✖ .*bad\.yaml: \d problems/);
  });

  test('a file that is not there starts nothing', async () => {
    const { code, stderr } = await runCli(['start', 'nosuch.yaml'], { cwd: folder, session: local });
    expect(code).toBe(2);
    expect(stderr).toContain('FILE_NOT_READABLE');
    expect(stderr).toContain('headgate init');
  });

  test('schema prints JSON Schema, ready for a file', async () => {
    const { stdout } = await runCli(['schema'], { session: local });
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object' });
    expect(JSON.parse((await runCli(['schema', 'config', '-o', 'json'])).stdout)).toMatchObject({ type: 'object' });
  });

  test('config show prints what is configured', async () => {
    const { stdout } = await runCli(['config', 'show', '-o', 'json'], { session: local });
    expect(parseDocument(stdout)).toMatchObject({ kind: 'Configuration', configuration: { file: null } });
    expect((await runCli(['config', 'show'], { session: local })).stdout).toContain('defaults.tier: enterprise\n');
  });
});

describe('undo', () => {
  const undone = { id: 'checkout@7f3a2b10', service: 'checkout', attached: false, aborted: false };

  test('passes on where to, how fast, why and who asks, without a configuration that can be read [C-16]', async () => {
    const calls: unknown[] = [];
    const rollouts = {
      undo: (service: string, wish: object = {}) => {
        calls.push({ service, ...wish });
        return Promise.resolve(undone);
      },
      getDeploymentStatus: () => Promise.resolve(STORIES.promoting().status()),
    };
    const line = ['undo', 'checkout', '--to', 'blue', '--now', '--reason', 'customers call'];
    expect((await runCli(line, { rollouts })).stdout).toMatch(/^✔ checkout@7f3a2b10 started\n/);
    await runCli(['undo', 'checkout'], { rollouts });
    expect(calls).toEqual([
      { service: 'checkout', to: 'blue', now: true, reason: 'customers call', by: 'ada@laptop' },
      { service: 'checkout', by: 'ada@laptop' },
    ]);
  });

  test('says that a rollout in flight is aborted instead [C-16]', async () => {
    const rollouts = {
      undo: () => Promise.resolve({ ...undone, attached: true, aborted: true }),
      getDeploymentStatus: () => Promise.resolve(STORIES.rollingBack().status()),
    };
    const { code, stdout, stderr } = await runCli(['undo', 'checkout', '-o', 'json'], { rollouts });
    expect(code).toBe(0);
    expect(stderr).toContain('checkout@7f3a2b10 is in flight: it is aborted');
    expect(parseDocument(stdout)).toMatchObject({ kind: 'CommandResult', verb: 'abort' });
  });

  test('abort --wait waits for the undo, whatever called people before; one that came too late is a conflict [W53]', async () => {
    const seen = [STORIES.awaitingApproval().status(), STORIES.rollingBack().status(), STORIES.aborted().status()];
    const rollouts = {
      rollback: () => Promise.resolve(),
      getDeploymentStatus: () =>
        Promise.resolve(seen.length > 1 ? (seen.shift() ?? nothing()) : (seen[0] ?? nothing())),
    };
    expect((await runCli(['abort', 'checkout', '--wait'], { rollouts })).code).toBe(0);
    const late = { ...rollouts, getDeploymentStatus: () => Promise.resolve(STORIES.promoted().status()) };
    const { code, stdout } = await runCli(['abort', 'checkout', '--wait'], { rollouts: late });
    expect(code).toBe(5);
    expect(stdout).toContain('headgate undo checkout --reason …');
  });

  test('a stop of what has ended names the way back [W52]', async () => {
    const ended = new CommandRefusedError('checkout@7f3a2b10', 'abort', {
      code: 'ROLLOUT_ENDED',
      message: 'it has ended',
    });
    for (const name of ['abort', 'rollback']) {
      const { code, stderr } = await runCli([name, 'checkout'], {
        rollouts: { rollback: () => Promise.reject(ended) },
      });
      expect(code).toBe(5);
      expect(stderr).toContain('To go back to what served before it, undo it\n    headgate undo checkout --reason …');
    }
  });
});

const PROBLEMS = [
  { subject: 'candidate', message: 'green does not answer', expected: '2xx', remedy: 'Start it' },
  { subject: 'metrics', message: 'no data', expected: 'counts', remedy: 'Look' },
];

function nothing(): never {
  throw new Error('the test has no more statuses');
}

describe('start', () => {
  const started = { id: 'checkout@7f3a2b10', service: 'checkout', attached: false };

  async function specFile(): Promise<string> {
    const file = join(folder, 'canary.yaml');
    await writeFile(
      file,
      'apiVersion: headgate/v1\nkind: Canary\nservice: checkout\nstages: [{ traffic: 5%, duration: 1m }, { traffic: 100% }]\n',
    );
    return file;
  }

  test('passes on version, baseline, request id and who asks', async () => {
    const calls: unknown[] = [];
    const start = (...request: readonly unknown[]) => {
      calls.push(...request);
      return Promise.resolve(started);
    };
    const line = [
      'start',
      await specFile(),
      '--version',
      '2.7.0',
      '--adopt',
      'blue',
      '--request-id',
      'acme/shop:1:1:deploy',
    ];
    const { code, stdout } = await runCli([...line, '-o', 'json'], { rollouts: { start }, session: local });
    expect(code).toBe(0);
    expect(parseDocument(stdout)).toMatchObject({ kind: 'RolloutStarted', attached: false });
    const plan = expect.objectContaining({ version: '2.7.0', adopt: 'blue' }) as unknown;
    expect(calls).toEqual(['canary', { plan, requestedBy: 'ada@laptop', requestId: 'acme/shop:1:1:deploy' }]);
  });

  test('is refused where the tier has no canaries [K-02]', async () => {
    for (const tier of ['personal', 'professional']) {
      const ran = await runCli(['start', await specFile()], { session: inTier(tier) });
      expect(ran.code).toBe(5);
      expect(ran.stderr).toContain(`STRATEGY_NOT_IN_TIER  The tier ${tier} has no canary`);
    }
    const tiers = { ...STRATEGIES_OF_TIER, enterprise: [] };
    const ran = await runCli(['start', await specFile()], { session: inTier('enterprise', { tiers }) });
    expect(ran.stderr).toContain('Add canary to enterprise under tiers: in headgate.yaml');
  });

  test.each<readonly [string, RolloutStatus, number, RegExp]>([
    ['passed', STORIES.progressing().status(), 0, /^✔ checkout@7f3a2b10 started\n/],
    [
      'refused it',
      new Story()
        .happens({ type: 'preflightFailed', reason: 'preflight: candidate: green does not answer', evidence: PROBLEMS })
        .happens({ type: 'undoBegan' })
        .undone()
        .status(),
      2,
      /^✖ checkout was not started, nothing has moved: candidate: green does not answer; expected 2xx\n {2}Start it\n {2}metrics: no data; expected counts\n {2}Look\n/,
    ],
    [
      'found that it serves already',
      new Story()
        .happens({
          type: 'preflightPassed',
          roles: ROLES,
          warnings: [],
          alreadyServes: '2.7.0 already serves everybody',
        })
        .status(),
      0,
      /^✔ checkout: 2\.7\.0 already serves everybody\n {2}all traffic on blue; nothing was moved\n/,
    ],
  ])('says what its preflight came to: it %s [W50]', async (_, status, code, says) => {
    const rollouts = { start: () => Promise.resolve(started), getDeploymentStatus: () => Promise.resolve(status) };
    const ran = await runCli(['start', await specFile()], { rollouts, session: local });
    expect(ran.code).toBe(code);
    expect(ran.stdout).toMatch(says);
  });

  test('that nobody can look at afterwards is a start all the same, and says so [W50]', async () => {
    const rollouts = {
      start: () => Promise.resolve(started),
      getDeploymentStatus: () => Promise.reject(new Error('not allowed to look')),
    };
    const ran = await runCli(['start', await specFile()], { rollouts, session: local });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(
      /^◌ checkout@7f3a2b10 started, its preflight has not answered yet: not allowed to look\n/,
    );
  });

  test('passes on that it is to be rolled out again [C-15]', async () => {
    const requests: unknown[] = [];
    const start = (...request: readonly unknown[]) => {
      requests.push(...request);
      return Promise.resolve(started);
    };
    await runCli(['start', await specFile(), '--again'], { rollouts: { start }, session: local });
    expect(requests).toEqual([
      'canary',
      { plan: expect.anything() as unknown, requestedBy: 'ada@laptop', again: true },
    ]);
  });

  test('the file may stand before --wait and after it', async () => {
    const file = await specFile();
    const rollouts = {
      start: () => Promise.resolve(started),
      getDeploymentStatus: () => Promise.resolve(STORIES.promoted().status()),
    };
    for (const line of [
      ['start', file, '--wait'],
      ['start', '--wait', file],
      ['start', '--wait=promoted', file],
      ['start', '--wait', 'promoted', file],
    ])
      expect((await runCli(line, { rollouts, session: local })).code).toBe(0);
  });

  test('waits for an approval when asked to', async () => {
    const rollouts = {
      start: () => Promise.resolve(started),
      getDeploymentStatus: () => Promise.resolve(STORIES.awaitingApproval().status()),
    };
    const { code, stdout } = await runCli(['start', await specFile(), '--wait=approval'], { rollouts, session: local });
    expect(code).toBe(0);
    expect(stdout).toContain('headgate approve checkout --if-stage 2');
  });

  test('is refused while another one is in flight, naming it [C-10]', async () => {
    const rollouts = {
      start: () => Promise.reject(new RolloutInFlightError(STORIES.progressing().status(), '25 %, stage 2/4')),
    };
    const { code, stderr } = await runCli(['start', await specFile()], { rollouts, session: local });
    expect(code).toBe(5);
    expect(stderr).toContain('checkout@7f3a2b10 at 25 %, stage 2/4, started by ci:acme/shop#9913');
    expect(stderr).toContain('headgate abort checkout --reason …');
  });

  test('a cancelled CI job leaves the rollout alone, unless told otherwise', async () => {
    for (const [words, aborted] of [
      [[], 0],
      [['--on-cancel', 'abort'], 1],
    ] as const) {
      const interrupting = new AbortController();
      const aborts: unknown[] = [];
      const rollouts = {
        start: () => Promise.resolve(started),
        rollback: (id: unknown) => Promise.resolve(void aborts.push(id)),
        getDeploymentStatus: () => {
          interrupt(interrupting, 'SIGTERM');
          return Promise.resolve(STORIES.progressing().status());
        },
      };
      const { code } = await runCli(['start', await specFile(), '--wait', ...words], {
        rollouts,
        session: local,
        interrupting,
      });
      expect([code, aborts.length]).toEqual([143, aborted]);
    }
  });
});
