#!/usr/bin/env node
// The recorded rollouts of the release that is in work (test/histories). Every later version has to replay them.
//
//   npm run histories -- record    records every story anew
//   npm run histories -- freeze    from then on a test compares their checksums, and nothing records them again
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksumsOf, folderOf, historiesIn, RELEASE_IN_WORK, sumsFileIn } from './steps/histories.mjs';
import { fail, say, SetupError } from './steps/progress.mjs';
import { ROOT } from './steps/root.mjs';
import { run } from './steps/run.mjs';

const folder = folderOf(ROOT, RELEASE_IN_WORK);
const sums = sumsFileIn(folder);

async function histories() {
  const [verb = ''] = process.argv.slice(2);
  if (verb !== 'record' && verb !== 'freeze') throw new SetupError(`unknown: ${verb}`, 'Use record or freeze');
  if (existsSync(sums))
    throw new SetupError(
      `the histories of ${RELEASE_IN_WORK} are frozen`,
      'Raise the version in package.json first: a release keeps its histories for ever',
    );
  await run([process.execPath, 'scripts/setup.mjs', '--test'], { cwd: ROOT, remedy: 'What went wrong stands above' });
  if (verb === 'record') record();
  else freeze();
}

function record() {
  mkdirSync(folder, { recursive: true });
  for (const name of historiesIn(folder)) rmSync(join(folder, name));
  vitest(['test/e2e/record-histories.test.ts'], { RECORD_HISTORIES: '1' });
  vitest(['test/workflows/replay.test.ts']);
}

/** Only what is complete and replays is frozen. */
function freeze() {
  writeFileSync(sums, checksumsOf(folder));
  try {
    vitest(['test/workflows/replay.test.ts', 'test/scripts/histories.test.ts']);
  } catch (error) {
    rmSync(sums);
    throw error;
  }
  say(`frozen: ${sums}`);
}

/**
 * @param {string[]} files
 * @param {NodeJS.ProcessEnv} [env]
 */
function vitest(files, env = {}) {
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...files], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new SetupError('not all of it went well', 'What went wrong stands above');
}

await histories().catch(fail);
