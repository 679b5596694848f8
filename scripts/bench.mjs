#!/usr/bin/env node
// npm run bench -- NAME …: the benchmarks have packages of their own, so that nobody who only uses Headgate gets them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildBench } from './steps/bench-build.mjs';
import { holdLock } from './steps/lock.mjs';
import { arePackagesInstalled, installPackages } from './steps/packages.mjs';
import { fail, progress } from './steps/progress.mjs';
import { ROOT } from './steps/root.mjs';
import { run } from './steps/run.mjs';

async function bench() {
  await run([process.execPath, 'scripts/setup.mjs'], { cwd: ROOT, remedy: 'What went wrong stands above' });
  const folder = join(ROOT, 'bench');
  // Without a lock file there is nothing to install.
  if (existsSync(join(folder, 'package-lock.json')) && !arePackagesInstalled(folder)) {
    await progress("the benchmarks' packages (npm ci)", () => installPackages(folder));
  }
  // One at a time: several may begin at once.
  await holdLock(ROOT, () => buildBench(ROOT));
  const { status } = spawnSync(process.execPath, ['dist/bench/main.js', ...process.argv.slice(2)], {
    cwd: folder,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

await bench().catch(fail);
