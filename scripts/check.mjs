#!/usr/bin/env node
// Everything about the sources that can be checked without running them. All of it, even when something fails early;
// as many at once as there are cores.
//
//   npm run check                 all
//   npm run check -- lint types   some
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { seconds } from './steps/progress.mjs';
import { ROOT } from './steps/root.mjs';
import { NPM } from './steps/run.mjs';

const LONGEST_FIRST = ['lint', 'types', 'format', 'unused'];
/** What they say is worth reading also when nothing is wrong. */
const ALWAYS_SHOWN = ['clauses', 'small-files'];

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
const waiting = (chosen.length > 0 ? chosen : known).toSorted((a, b) => orderOf(a) - orderOf(b));
await Promise.all(Array.from({ length: availableParallelism() }, checkWhatWaits));
if (failed.length > 0) {
  process.stdout.write(`\nnot in order: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}

async function checkWhatWaits() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const startedAtMs = performance.now();
    const { ok, output } = await runCheck(name);
    const took = seconds(performance.now() - startedAtMs);
    if (!ok) failed.push(name);
    const shown = !ok || ALWAYS_SHOWN.includes(name) ? `${output}\n` : '';
    process.stdout.write(`${ok ? '✔' : '✖'} ${name}  ${took}\n${shown}`);
  }
}

/**
 * @param {string} name
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
function runCheck(name) {
  const [command = '', ...args] = [...NPM, 'run', '--silent', `check:${name}`];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', reject);
    child.once('close', (status) => resolve({ ok: status === 0, output }));
  });
}

/**
 * What takes longest begins first, so that nothing waits for it in the end.
 *
 * @param {string} name
 */
function orderOf(name) {
  const place = LONGEST_FIRST.indexOf(name);
  return place === -1 ? LONGEST_FIRST.length : place;
}
