import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ANALYSE_FULL, ANALYSE_SMOKE, analyseText, runAnalyse } from './analyse/analyse.js';
import { runAbort } from './abort/abort.js';
import { reportOf, reportText } from './abort/report.js';
import { BENCH_ROUTERS, FULL, FULL_ON_ENVOY, SMOKE } from './abort/settings.js';
import { CHAOS_USAGE, chaosCommand } from './chaos/command.js';
import { envoyText, runEnvoy } from './envoy/envoy.js';
import { reportOf as stopReportOf, reportText as stopReportText } from './stop-the-line/report.js';
import { runStopTheLine } from './stop-the-line/stop-the-line.js';
import { findEnvoy, findTemporal } from './lib/find-temporal.js';
import { reportOf as verdictReportOf, reportText as verdictReportText } from './verdicts/report.js';
import { FULL as MANY, QUICK } from './verdicts/settings.js';
import { runVerdicts } from './verdicts/verdicts.js';

const USAGE = `usage: npm run bench -- NAME [--json FILE] [--smoke]
  abort   how fast, and for what, rollouts are stopped, with 500 in flight;
          --router envoy: on a real Envoy, with 200
  stop-the-line  how fast everything in flight is stopped by one command, with 500; --router envoy: with 200
  verdicts  how often a healthy candidate is rolled back, and how soon a bad one; --quick: seconds, --seed N
  envoy   how fast a real Envoy with 500 routes in one file follows
  analyse how long a million intervals take to be judged
${CHAOS_USAGE}
  --json  writes every figure to FILE
  --smoke a run of seconds that only shows that the benchmark works
  --rollouts N, --aborts N  another size`;

if (process.argv[2] === 'chaos') process.exit(await chaosCommand(process.argv.slice(3)));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    smoke: { type: 'boolean', default: false },
    rollouts: { type: 'string' },
    aborts: { type: 'string' },
    router: { type: 'string', default: 'gateway' },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string' },
  },
});

async function write(report: object): Promise<void> {
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

if (positionals[0] === 'verdicts' && positionals.length === 1) {
  const chosen = values.quick ? QUICK : MANY;
  const settings = { ...chosen, seed: Number(values.seed ?? chosen.seed) };
  const startedAtMs = performance.now();
  const figures = runVerdicts(settings, (line) => console.error(`… ${line}`));
  const report = verdictReportOf(settings, figures, (performance.now() - startedAtMs) / 1000);
  console.log(verdictReportText(report));
  await write(report);
  process.exit(0);
}

if (positionals[0] === 'analyse' && positionals.length === 1) {
  const report = runAnalyse(values.smoke ? ANALYSE_SMOKE : ANALYSE_FULL, (line) => console.error(`… ${line}`));
  console.log(analyseText(report));
  await write(report);
  process.exit(0);
}

const [name = '', ...others] = positionals;
const router = BENCH_ROUTERS.find((one) => one === values.router);
if (!['abort', 'stop-the-line', 'envoy'].includes(name) || others.length > 0 || router === undefined) {
  console.error(USAGE);
  process.exit(2);
}
const full = router === 'envoy' ? FULL_ON_ENVOY : FULL;
const size = values.smoke ? { ...SMOKE, router } : full;
const settings = {
  ...size,
  rollouts: Number(values.rollouts ?? size.rollouts),
  singleAborts: Number(values.aborts ?? size.singleAborts),
};
const tell = (line: string): void => console.error(`… ${line}`);
if (name === 'envoy') {
  const figures = await runEnvoy(await findEnvoy(), settings, tell);
  console.log(envoyText(figures));
  await write(figures);
  process.exit(0);
}
if (name === 'stop-the-line') {
  const report = stopReportOf(settings, await runStopTheLine(await findTemporal(), settings, tell));
  console.log(stopReportText(report));
  await write(report);
  process.exit(0);
}
const figures = await runAbort(await findTemporal(), settings, tell);
const report = reportOf(settings, figures);
console.log(reportText(report));
await write(report);
process.exit(0);
