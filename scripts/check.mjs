#!/usr/bin/env node
// Everything about the sources that can be checked without running them. All of it, even when something fails early.
//
//   npm run check                 all
//   npm run check -- lint types   some
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { seconds } from './steps/progress.mjs';
import { ROOT } from './steps/root.mjs';
import { NPM } from './steps/run.mjs';

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const known = Object.keys(scripts).flatMap((name) => (name.startsWith('check:') ? [name.slice('check:'.length)] : []));
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no such check: ${unknown.join(', ')}; there are ${known.join(', ')}\n`);
  process.exit(2);
}

const setup = spawnSync(process.execPath, ['scripts/setup.mjs', '--packages'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
const failed = setup.status === 0 ? [] : ['packages and build'];
for (const name of chosen.length > 0 ? chosen : known) {
  const startedAtMs = performance.now();
  const [command = '', ...args] = [...NPM, 'run', '--silent', `check:${name}`];
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 });
  const took = seconds(performance.now() - startedAtMs);
  if (status === 0) {
    process.stdout.write(`✔ ${name}  ${took}\n`);
  } else {
    failed.push(name);
    process.stdout.write(`✖ ${name}  ${took}\n${stdout}${stderr}\n`);
  }
}
if (failed.length > 0) {
  process.stdout.write(`\nnot in order: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
