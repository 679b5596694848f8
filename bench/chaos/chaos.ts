import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releasing } from '../../src/dev/releasers.js';
import { violationsOf } from './invariants/invariants.js';
import { reportOf, roundReport, type ChaosReport, type RoundReport } from './report.js';
import { runRound } from './round.js';
import { generateSchedule, type RoundSize } from './schedule/generate.js';
import type { ChaosRouter, Schedule } from './schedule/schedule.js';

export interface ChaosOptions {
  readonly executable: string;
  readonly router: ChaosRouter;
  readonly size: RoundSize;
  /** The first seed; the rounds after it have the next ones. */
  readonly seed: number;
  /** Exactly these, instead. */
  readonly seeds?: readonly number[];
  /** Exactly this schedule, instead. */
  readonly scheduleFile?: string;
  /** No round begins later. */
  readonly minutes: number;
  /** Keeps the schedule, timeline and logs of every round, not only of those that broke something. */
  readonly keep: boolean;
  readonly tell: (line: string) => void;
  /** Ends everything that runs, in good order. */
  readonly interrupted: AbortSignal;
}

/** Round after round, each on a world of its own, until the time is over. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const rounds: RoundReport[] = [];
  const endsAtMs = performance.now() + options.minutes * 60_000;
  for await (const schedule of schedulesOf(options, endsAtMs)) {
    const { seed, steps, services } = schedule;
    options.tell(`seed ${String(seed)}: ${String(steps.length)} steps on ${String(services.length)} services`);
    const round = await oneRound(options, schedule);
    options.tell(`seed ${String(seed)}: ${String(round.violations.length)} broken promises`);
    rounds.push(round);
  }
  return reportOf(options.router, rounds);
}

async function* schedulesOf(
  { router, size, seed, seeds, scheduleFile }: ChaosOptions,
  endsAtMs: number,
): AsyncGenerator<Schedule> {
  if (scheduleFile !== undefined) {
    yield JSON.parse(await readFile(scheduleFile, 'utf8')) as Schedule;
    return;
  }
  if (seeds !== undefined) {
    for (const one of seeds) yield generateSchedule(one, router, size);
    return;
  }
  for (let next = seed; next === seed || performance.now() < endsAtMs; next += 1)
    yield generateSchedule(next, router, size);
}

async function oneRound(
  { executable, tell, keep, interrupted }: ChaosOptions,
  schedule: Schedule,
): Promise<RoundReport> {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-chaos-'));
  await writeFile(join(directory, 'schedule.json'), JSON.stringify(schedule, null, 1));
  const discard = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const timeline = await releasing((releasers) =>
    Promise.race([runRound({ executable, schedule, directory, tell }, releasers), rejection(interrupted)]),
  ).catch(async (error: unknown) => {
    if (error instanceof InterruptedError) await discard();
    throw error;
  });
  const violations = violationsOf(timeline);
  if (violations.length === 0 && !keep) {
    await discard();
    return roundReport(timeline, violations, null);
  }
  await writeFile(join(directory, 'timeline.json'), JSON.stringify(timeline));
  return roundReport(timeline, violations, directory);
}

/** Never resolves. @throws InterruptedError */
async function rejection(interrupted: AbortSignal): Promise<never> {
  if (!interrupted.aborted) await once(interrupted, 'abort');
  throw new InterruptedError('interrupted');
}

/** Somebody ended the run. */
export class InterruptedError extends Error {}
