#!/usr/bin/env node
// Makes a fresh clone ready to use. Node's own modules only: it runs before anything is installed.
//
//   node scripts/setup.mjs            packages, build, Temporal CLI
//                          --test     and the time-skipping test server
//                          --envoy    and Envoy
//                          --build    packages and a build, even a fresh one is built again; no programs
//                          --packages packages and a build when stale; no programs
import { build, isBuilt } from './steps/build.mjs';
import { holdLock } from './steps/lock.mjs';
import { requireNode } from './steps/node-version.mjs';
import { arePackagesInstalled, installPackages } from './steps/packages.mjs';
import { obtainPrograms } from './steps/programs.mjs';
import { fail, progress, say, SetupError } from './steps/progress.mjs';
import { ROOT } from './steps/root.mjs';

const FLAGS = ['--test', '--envoy', '--build', '--packages'];

/** @param {readonly string[]} flags */
async function setup(flags) {
  const unknown = flags.filter((flag) => !FLAGS.includes(flag));
  if (unknown.length > 0) throw new SetupError(`unknown: ${unknown.join(' ')}`, `Use any of ${FLAGS.join(' ')}`);
  requireNode(process.versions.node, ROOT);
  await holdLock(ROOT, async () => {
    if (!arePackagesInstalled(ROOT)) await progress('packages (npm ci)', () => installPackages(ROOT));
    if (flags.includes('--build') || !isBuilt(ROOT)) await progress('build', () => build(ROOT));
  });
  if (flags.includes('--build') || flags.includes('--packages')) return;
  const programs = await obtainPrograms(ROOT, {
    testServer: flags.includes('--test'),
    envoy: flags.includes('--envoy'),
  });
  say(`ready: ${programs.join(', ')}`);
}

await setup(process.argv.slice(2)).catch(fail);
