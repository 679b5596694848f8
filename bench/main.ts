import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runAbort } from './abort/abort.js';
import { reportOf, reportText } from './abort/report.js';
import { FULL, SMOKE } from './abort/settings.js';
import { findTemporal } from './lib/find-temporal.js';

const USAGE = `usage: npm run bench -- NAME [--json FILE] [--smoke]
  abort   how fast, and for what, rollouts are stopped, with 500 in flight
  --json  writes every figure to FILE
  --smoke a run of seconds that only shows that the benchmark works
  --rollouts N, --aborts N  another size`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    smoke: { type: 'boolean', default: false },
    rollouts: { type: 'string' },
    aborts: { type: 'string' },
  },
});

if (positionals[0] !== 'abort' || positionals.length > 1) {
  console.error(USAGE);
  process.exit(2);
}
const size = values.smoke ? SMOKE : FULL;
const settings = {
  ...size,
  rollouts: Number(values.rollouts ?? size.rollouts),
  singleAborts: Number(values.aborts ?? size.singleAborts),
};
const figures = await runAbort(await findTemporal(), settings, (line) => console.error(`… ${line}`));
const report = reportOf(settings, figures);
console.log(reportText(report));
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
process.exit(0);
