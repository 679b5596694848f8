// The clauses of docs/requirements.md without a test. Old ones are listed in a file, which may only get shorter.
//
//   npm run check -- clauses              says what is wrong, and which clauses have no test
//   npm run check:clauses -- --shorten    takes off the list what has a test by now
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clauseProblems, clausesIn, idsInTitles } from './steps/clauses.mjs';
import { ROOT } from './steps/root.mjs';

const PAGE = 'docs/requirements.md';
const LIST = 'test/clauses-without-a-test.txt';

const [root = ROOT] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

const read = (/** @type {string} */ name) => readFileSync(join(root, name), 'utf8');

const clauses = clausesIn(read(PAGE));
const proven = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => idsInTitles(read(join('test', name))));
const untested = clauses.filter((id) => !proven.includes(id));
const before = read(LIST).split(/\s+/).filter(Boolean);

const listed = process.argv.includes('--shorten') ? before.filter((id) => untested.includes(id)) : before;
if (listed.length < before.length) writeFileSync(join(root, LIST), listed.map((id) => `${id}\n`).join(''));

const problems = clauseProblems({ clauses, proven, listed });
for (const problem of problems) process.stdout.write(`${problem}\n`);
if (problems.length > 0) process.stdout.write(`the clauses stand in ${PAGE}, the list in ${LIST}\n`);
const names = untested.length === 0 ? '' : `: ${untested.join(' ')}`;
process.stdout.write(`${untested.length} of ${clauses.length} clauses have no test${names}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
