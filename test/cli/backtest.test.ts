import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileObservations } from '../../src/adapters/observations/file.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { AnalysisPlan } from '../../src/domain/analysis/plan.js';
import { intervals, reading } from '../contract/observation-store.js';
import { parseDocument } from './support/document-schemas.js';
import { STORIES, Story } from './support/statuses.js';
import { runCli, type Ran } from './support/surroundings.js';

const SPEC = `apiVersion: headgate/v1
kind: Canary
service: checkout
stages: [{ traffic: 25%, duration: 10m }, { traffic: 100% }]
checks: [{ metric: errorRate, max: 1% }]
`;

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'headgate-backtest-'));
});

afterEach(() => rm(cwd, { recursive: true }));

const given = (errors: readonly number[]): string =>
  errors
    .map((count, index) =>
      JSON.stringify({
        v: 1,
        kind: 'interval',
        startMs: index * 10_000,
        endMs: (index + 1) * 10_000,
        candidate: { requests: 100, errors: count },
      }),
    )
    .join('\n');

const run = (...argv: readonly string[]): Promise<Ran> => runAt(STORIES.rolledBack(), ...argv);

function runAt(story: Story, ...argv: readonly string[]): Promise<Ran> {
  const store = createFileObservations({ directory: join(cwd, 'kept') });
  return runCli(argv, {
    cwd,
    session: {
      config: () => Promise.resolve(loadConfig({ env: {}, cwd })),
      observations: () => Promise.resolve(store),
    },
    rollouts: { getDeploymentStatus: () => Promise.resolve(story.status()) },
  });
}

describe('headgate backtest', () => {
  test('says when a specification would have rolled back, and who had seen the candidate by then', async () => {
    await writeFile(join(cwd, 'canary.yaml'), SPEC);
    await writeFile(join(cwd, 'seen.jsonl'), given([0, 0, 60, 60]));
    const { code, stdout } = await run('backtest', '--spec', 'canary.yaml', '--observations', 'seen.jsonl');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /✖ would have been rolled back 1970-01-01 00:00:30 in stage 1, 300 requests saw the candidate: errorRate/,
    );
    const asJson = await run('backtest', '--spec', 'canary.yaml', '--observations', 'seen.jsonl', '-o', 'json');
    expect(parseDocument(asJson.stdout)).toMatchObject({
      kind: 'Backtest',
      policy: 'canary.yaml',
      rollouts: [
        { rolloutId: 'seen.jsonl', outcome: { kind: 'rolledBack', at: '1970-01-01T00:00:30.000Z' }, record: null },
      ],
    });
  });

  test('makes the verdicts of a rollout again by the plan that it had, found by its service', async () => {
    await createFileObservations({ directory: join(cwd, 'kept') }).append('shop@a', [
      reading('r1'),
      ...intervals('r1', 3),
    ]);
    const { code, stdout } = await run('backtest', 'shop');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^shop@a {2}by the plan that it had\nstage 1 {2}25 %.*3 intervals, 300 requests/);
    expect(stdout).toMatch(/3 verdicts were made again, all as they were/);
    expect((await run('history', 'shop', '--observations')).stdout).toMatch(/kept\/shop@a\.jsonl\n3 intervals/);
  });

  test.each<[string, readonly string[], number, RegExp]>([
    ['nothing is said', [], 2, /Say what is to be judged/],
    ['nothing is kept of the rollout', ['nobody'], 3, /Nothing that was observed of nobody.*expected .*nobody\.jsonl/s],
    ['a file is not there', ['--observations', 'none.jsonl'], 2, /none\.jsonl cannot be read/],
    ['a file without a plan, and no specification', ['--observations', 'seen.jsonl'], 2, /carries no plan.*--spec/s],
    ['a file that is no file of observations', ['--observations', 'canary.yaml'], 2, /canary\.yaml:1:1/],
  ])('refuses when %s', async (_, words, code, message) => {
    await writeFile(join(cwd, 'canary.yaml'), SPEC);
    await writeFile(join(cwd, 'seen.jsonl'), given([0]));
    const ran = await run('backtest', ...words);
    expect(ran.stderr).toMatch(message);
    expect(ran.code).toBe(code);
  });
});

describe('headgate explain', () => {
  test('gives the reasons of a rollout that has ended, from what was observed [C-06]', async () => {
    const { id, stages } = STORIES.rolledBack().status();
    const startedAtMs = Date.parse(stages[0]?.startedAt ?? '');
    const observed = intervals('r1', 3).map((line) => ({
      ...line,
      startMs: line.startMs + startedAtMs,
      endMs: line.endMs + startedAtMs,
    }));
    const store = createFileObservations({ directory: join(cwd, 'kept') });
    await store.append(id, [reading('r1', { rolloutId: id, service: 'checkout', startedAtMs }), ...observed]);
    const { stdout } = await run('explain', 'checkout');
    expect(stdout).toMatch(/✔ errorRate 0 % in 300 requests, within max 1 %/);
    const document = parseDocument((await run('explain', 'checkout', '-o', 'json')).stdout);
    expect(document).toMatchObject({
      kind: 'Explanation',
      outcome: 'rolledBack',
      stages: [
        { stage: 1, source: 'observations', checks: [{ name: 'errorRate', verdict: 'successful' }] },
        { stage: 2, source: 'none', checks: [] },
      ],
    });
  });

  test('says of each check what the rollback says, also where the judge had read further than the watch [W51]', async () => {
    const { id, stages } = STORIES.rolledBack().status();
    const startedAtMs = Date.parse(stages[0]?.startedAt ?? '');
    const plan: AnalysisPlan = {
      checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.01, minRequests: 50 }],
      dispersion: 1,
    };
    const stage = { rolloutId: id, service: 'checkout', startedAtMs };
    const looked = { v: 1, kind: 'interval', startMs: startedAtMs, endMs: startedAtMs + 10_000 } as const;
    const atMs = looked.endMs + 2000;
    const reason = 'errorRate 8.62 % > max 1 % (5 errors in 58 requests)';
    await createFileObservations({ directory: join(cwd, 'kept') }).append(id, [
      reading('w1', { ...stage, plan }),
      { ...looked, reading: 'w1', candidate: { requests: 50, errors: 3 } },
      reading('j1', { ...stage, by: 'judge', atMs, base: { reading: 'w1', untilMs: looked.endMs } }),
      {
        ...looked,
        reading: 'j1',
        startMs: looked.endMs,
        endMs: atMs,
        candidate: { requests: 8, errors: 2 },
        part: true,
      },
      { v: 1, kind: 'judgement', reading: 'j1', atMs, verdict: 'failed', reason },
    ]);
    const explained = (await run('explain', 'checkout')).stdout;
    expect(explained).toContain(`✖ ${reason}`);
    expect(explained).not.toMatch(/may be chance/);
    const judgedAgain = (await run('backtest', id)).stdout;
    expect(judgedAgain).toMatch(/errorRate +max 1 % +\? 1 +✖ 1/);
    expect(judgedAgain).toContain(`rolls back: ${reason}`);
  });

  test('shows no look of the watch from before the decision to roll back [W51]', async () => {
    const story = new Story().begins().passes().after(120_000).breaches();
    const { stdout } = await runAt(story, 'explain', 'checkout');
    expect(stdout).toMatch(/why: errorRate 4\.2 % > max 1 %/);
    expect(stdout).not.toMatch(/[✔?] (errorRate|latencyP99)/);
  });

  test('gives the conclusions where nothing of it was kept here', async () => {
    const { code, stdout } = await run('explain', 'checkout');
    expect(code).toBe(0);
    expect(stdout).toMatch(/rolledBack.*\n.*why: /s);
  });
});
