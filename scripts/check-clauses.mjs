// The clauses of docs/requirements.md without a test. Old ones are listed in a file, which may only get shorter.
//
//   npm run check -- clauses              says what is wrong, and which clauses have no test
//   npm run check:clauses -- --shorten    takes off the list what has a test by now
import { checkClauses } from './steps/clauses.mjs';
import { ROOT } from './steps/root.mjs';

const { ok, lines } = checkClauses(ROOT, { shorten: process.argv.includes('--shorten') });
for (const line of lines) process.stdout.write(`${line}\n`);
process.exitCode = ok ? 0 : 1;
