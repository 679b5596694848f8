import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import '../helpers/quiet-runtime.js';
import type { FileKind } from '../../src/cli/kind.js';
import { COMMAND_KINDS } from '../../src/cli/kinds.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { RolloutPlan } from '../../src/spec/spec-kind.js';
import { runCli, type Ran } from '../cli/support/surroundings.js';
import { startHolds, type Holds } from './support/holds.js';
import { hold } from './hold/kind.js';

/** How a hold is written in a file. */
const holdFiles: FileKind<RolloutPlan & { readonly holdForMs: number }> = {
  spec: {
    name: 'Hold',
    strategy: 'hold',
    read: (document) => {
      const { service, holdForMs } = document as Readonly<Record<string, unknown>>;
      return typeof service === 'string' && typeof holdForMs === 'number'
        ? { plan: { service, holdForMs }, flaws: [] }
        : { plan: undefined, flaws: [{ rule: 'hold.time', path: ['holdForMs'], message: 'How long is missing' }] };
    },
    notesOn: () => [],
    adviceOn: ({ holdForMs }) => (holdForMs < 1000 ? ['a hold of less than a second holds nothing'] : []),
  },
  linesOf: ({ service, holdForMs }) => [`${service}  would be held for ${String(holdForMs)} ms`],
};

const kinds = [...COMMAND_KINDS, { rollout: hold, files: () => Promise.resolve(holdFiles) }];

let holds: Holds;
let cwd: string;

beforeAll(async () => {
  holds = await startHolds();
  cwd = await mkdtemp(join(tmpdir(), 'headgate-kinds-'));
  await writeFile(join(cwd, 'hold.yaml'), 'kind: Hold\nservice: docs\nholdForMs: 3600000\n');
  await writeFile(join(cwd, 'short.yaml'), 'kind: Hold\nservice: docs\nholdForMs: 5\n');
  await writeFile(join(cwd, 'wrong.yaml'), 'kind: Hold\nservice: docs\n');
});

afterAll(async () => {
  await holds.stop();
  await rm(cwd, { recursive: true });
});

/** The command line of a program that was handed the kind. */
const headgate = (...argv: string[]): Promise<Ran> =>
  runCli(argv, {
    cwd,
    session: {
      config: () => Promise.resolve(loadConfig({ env: {}, cwd })),
      kinds: () => Promise.resolve(kinds),
      rollouts: () => Promise.resolve(holds.rollouts),
      client: () => Promise.resolve(holds.client),
    },
  });

test('the files of a kind that was handed in are validated, told and not simulated', async () => {
  expect((await headgate('validate', 'hold.yaml', '--online')).code).toBe(0);
  expect((await headgate('validate', 'short.yaml')).stdout).toContain('a hold of less than a second holds nothing');
  const wrong = await headgate('validate', 'wrong.yaml');
  expect(wrong.code).toBe(2);
  expect(wrong.stdout).toContain('How long is missing');
  expect((await headgate('plan', 'hold.yaml')).stdout).toContain('docs  would be held for 3600000 ms');
  expect((await headgate('simulate', 'hold.yaml')).stderr).toContain('A Hold cannot be simulated');
  expect((await headgate('start', 'hold.yaml', '--adopt', 'blue')).stderr).toContain('takes none over');
});

test('it is started from its file, aborted by undo, and started anew by retry', async () => {
  const started = await headgate('start', 'hold.yaml', '--by', 'ada');
  expect({ code: started.code, out: started.stdout }).toMatchObject({ code: 0 });
  expect((await headgate('status', 'docs')).stdout).toContain('docs  ◌ progressing');
  const undone = await headgate('undo', 'docs', '--wait');
  expect(undone.code).toBe(0);
  expect(undone.stdout).toContain('aborted');
  const again = await headgate('retry', 'docs', '--reason', 'once more');
  expect({ code: again.code, out: again.stdout }).toMatchObject({ code: 0 });
  expect((await headgate('status', 'docs', '-o', 'json')).stdout).toContain('once more');
  expect((await headgate('abort', 'docs', '--reason', 'enough', '--wait')).code).toBe(0);
});
