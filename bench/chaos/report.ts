import { thisMachine, type Machine } from '../lib/machine.js';
import { table } from '../lib/table.js';
import type { Violation } from './invariants/violation.js';
import type { ChaosRouter } from './schedule/schedule.js';
import { clockOf } from './timeline/ask.js';
import { covered } from './timeline/spans.js';
import { storyOf } from './timeline/story.js';
import type { Timeline } from './timeline/timeline.js';

/** One round, and what it broke. */
export interface RoundReport {
  readonly seed: number;
  readonly seconds: number;
  readonly rollouts: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly faults: number;
  readonly commands: number;
  readonly visits: number;
  /** The share of the time that a busy machine took away: what is much disturbed by others shows little. */
  readonly timeLost: number;
  readonly violations: readonly ViolationReport[];
  /** Where schedule, timeline and logs of a broken round are kept. */
  readonly keptIn: string | null;
}

export interface ViolationReport extends Pick<Violation, 'invariant' | 'service' | 'message'> {
  /** After the round began. */
  readonly at: string;
  readonly story: readonly string[];
}

/** What `--json` writes. */
export interface ChaosReport {
  readonly benchmark: 'chaos';
  readonly at: string;
  readonly machine: Machine;
  readonly router: ChaosRouter;
  readonly rounds: readonly RoundReport[];
}

/** What happened a moment before and after a violation is told, too. */
const STORY_BEFORE_MS = 5000;
const STORY_AFTER_MS = 1500;

export function roundReport(timeline: Timeline, violations: readonly Violation[], keptIn: string | null): RoundReport {
  const { schedule, rollouts, faults, commands, visits, fromMs, toMs } = timeline;
  const outcomes: Record<string, number> = {};
  for (const { closed } of rollouts) {
    const outcome = closed === null ? 'open' : (closed.outcome ?? closed.status);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return {
    seed: schedule.seed,
    seconds: Math.round((toMs - fromMs) / 1000),
    rollouts: rollouts.length,
    outcomes,
    faults: faults.length,
    commands: commands.length,
    visits: Object.values(visits).reduce((sum, { length }) => sum + length, 0),
    timeLost: Math.round((100 * covered({ fromMs, toMs }, timeline.stalls)) / (toMs - fromMs)) / 100,
    violations: violations.map(({ invariant, service, message, atMs, sinceMs }) => ({
      invariant,
      service,
      message,
      at: clockOf(timeline, atMs),
      story: storyOf(timeline, service, { fromMs: sinceMs - STORY_BEFORE_MS, toMs: atMs + STORY_AFTER_MS }),
    })),
    keptIn,
  };
}

export function reportOf(router: ChaosRouter, rounds: readonly RoundReport[]): ChaosReport {
  return { benchmark: 'chaos', at: new Date().toISOString(), machine: thisMachine(), router, rounds };
}

export function brokenIn({ rounds }: ChaosReport): readonly RoundReport[] {
  return rounds.filter(({ violations }) => violations.length > 0);
}

export function reportText(report: ChaosReport): string {
  const head = [
    'seed',
    'seconds',
    'rollouts',
    'how they ended',
    'faults',
    'commands',
    'requests',
    'time lost',
    'broken',
  ];
  const rows = report.rounds.map((round) => [
    String(round.seed),
    String(round.seconds),
    String(round.rollouts),
    Object.entries(round.outcomes)
      .map(([outcome, count]) => `${String(count)} ${outcome}`)
      .join(', '),
    String(round.faults),
    String(round.commands),
    String(round.visits),
    `${String(Math.round(100 * round.timeLost))} %`,
    String(round.violations.length),
  ]);
  const kept = report.rounds.flatMap(({ seed, keptIn }) =>
    keptIn === null ? [] : [`Seed ${String(seed)}: schedule, timeline and logs are in ${keptIn}`],
  );
  const broken = brokenIn(report).map((round) => brokenText(report.router, round));
  return [table(head, rows), ...broken, kept.join('\n')].join('\n\n').trimEnd();
}

function brokenText(router: ChaosRouter, { seed, violations, keptIn }: RoundReport): string {
  const again = `npm run bench -- chaos --router ${router} --seed ${String(seed)}`;
  const lines = violations.flatMap(({ invariant, service, message, at, story }) => [
    '',
    `✖ ${service} at ${at}: broken: ${invariant}`,
    `  ${message}`,
    ...story.map((line) => `  ${line}`),
  ]);
  const kept = keptIn === null ? [] : ['', `The same steps: npm run bench -- chaos --schedule ${keptIn}/schedule.json`];
  return [`Seed ${String(seed)} broke what is promised; again: ${again}`, ...lines, ...kept].join('\n');
}
