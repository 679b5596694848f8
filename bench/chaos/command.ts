import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findTemporal } from '../lib/find-temporal.js';
import { InterruptedError, runChaos } from './chaos.js';
import { brokenIn, reportText } from './report.js';
import { CHAOS_ROUTERS } from './schedule/schedule.js';
import { FULL, SHORT } from './sizes.js';

export const CHAOS_USAGE = `  chaos   random rollouts, commands and faults on real parts, and whether what is promised holds; exit code 1 where not
          --minutes N, --seed S or --seeds A,B,C, --router gateway|envoy, --schedule FILE (a round that was kept),
          --services N, --seconds N (how long steps are taken in a round), --keep, --smoke`;

const DEFAULT_SEED = 1;
const MS = 1000;

/** What a shell reports of a program that was ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Runs the generator of trouble; answers with the exit code. */
export async function chaosCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      minutes: { type: 'string', default: '0' },
      seed: { type: 'string', default: String(DEFAULT_SEED) },
      seeds: { type: 'string' },
      router: { type: 'string', default: 'gateway' },
      schedule: { type: 'string' },
      services: { type: 'string' },
      seconds: { type: 'string' },
      keep: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
    },
  });
  const router = CHAOS_ROUTERS.find((one) => one === values.router);
  if (router === undefined) {
    console.error(CHAOS_USAGE);
    return 2;
  }
  const base = values.smoke ? SHORT : FULL;
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  const report = await runChaos({
    executable: await findTemporal(),
    router,
    size: {
      ...base,
      services: Number(values.services ?? base.services),
      durationMs: values.seconds === undefined ? base.durationMs : Number(values.seconds) * MS,
    },
    seed: Number(values.seed),
    ...(values.seeds === undefined ? {} : { seeds: values.seeds.split(',').map(Number) }),
    ...(values.schedule === undefined ? {} : { scheduleFile: fromProject(values.schedule) }),
    minutes: Number(values.minutes),
    keep: values.keep,
    tell: (line) => console.error(`… ${line}`),
    interrupted: interruption.signal,
  }).catch((error: unknown) => {
    if (error instanceof InterruptedError) return null;
    throw error;
  });
  if (report === null) return INTERRUPTED;
  console.log(reportText(report));
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  return brokenIn(report).length === 0 ? 0 : 1;
}

/** The benchmarks run in their own folder; people name files from the project's. */
function fromProject(file: string): string {
  return existsSync(file) ? file : join('..', file);
}
