import { thisMachine, type Machine } from '../lib/machine.js';
import type { Spread } from '../lib/quantiles.js';
import { table } from '../lib/table.js';
import type { AbortFigures } from './abort.js';
import type { AbortSettings, BenchRouter } from './settings.js';
import { targetsOf, type Target } from './targets.js';

const DATA_PLANES = { gateway: 'Gateway', envoy: 'Envoy' } as const satisfies Record<BenchRouter, string>;

/** What `--json` writes. */
export interface AbortReport {
  readonly benchmark: 'abort';
  readonly at: string;
  readonly machine: Machine;
  readonly settings: AbortSettings;
  readonly figures: AbortFigures;
  readonly targets: readonly Target[];
}

export function reportOf(settings: AbortSettings, figures: AbortFigures): AbortReport {
  return {
    benchmark: 'abort',
    at: new Date().toISOString(),
    machine: thisMachine(),
    settings,
    figures,
    targets: targetsOf(figures),
  };
}

export function reportText({ settings, figures, targets, machine }: AbortReport): string {
  const { single, starts, memory, steady, badTogether, workerKilled } = figures;
  const promises = table(
    ['promise', 'measured', '', 'floor', 'ratio', 'promised', ''],
    targets.map(({ what, measured, unit, floor, ratio, promised, kept }) => [
      what,
      String(measured),
      unit,
      floor === null ? '–' : String(floor),
      ratio === null ? '–' : String(ratio),
      promised,
      kept ? 'kept' : 'NOT KEPT',
    ]),
  );
  const spreads = table(
    ['milliseconds', 'count', 'p50', 'p90', 'p99', 'max'],
    [
      ...spreadRow('single abort: signal → reads back 0 %', single.abortMs),
      ...spreadRow('single abort: signal → a user is back', single.abortSeenMs),
      ...spreadRow('floor: signal → one activity', single.floorMs),
      ...spreadRow('floor: signal → a user is back', single.floorSeenMs),
      ...spreadRow('bad at once: sample → reads back 0 %', badTogether?.breachToZeroMs ?? null),
    ],
  );
  const others = table(
    ['figure', 'measured', ''],
    [
      ['rollouts started (accepted)', String(starts.acceptedPerSecond), 'per second'],
      ['rollouts started (in flight)', String(starts.inFlightPerSecond), 'per second'],
      ['memory per rollout, worker', String(memory.workerKiBPerRollout), 'KiB'],
      ['memory per rollout, Temporal server', String(memory.temporalKiBPerRollout), 'KiB'],
      ['worker, resident', String(steady.workerResidentMiB), 'MiB'],
      ['Temporal server, CPU-s a minute', String(steady.temporalCpuSecondsPerMinute), 's'],
      ...(badTogether === null
        ? []
        : [['all bad at once: first sample → last at 0 %', String(badTogether.firstSampleToLastZeroMs), 'ms']]),
      [
        `worker killed: ${String(workerKilled.aborts)} aborts, new worker polls after`,
        String(workerKilled.restartToPollingMs),
        'ms',
      ],
    ],
  );
  const leftOut =
    badTogether === null
      ? [
          '',
          'Left out: all bad at once. A worker looks at the counters of an Envoy when it does: no sample is the first.',
        ]
      : [];
  const where = `${String(settings.rollouts)} rollouts in flight, ${String(machine.cores)} cores (${machine.processor}), Node ${machine.node}`;
  return [`${DATA_PLANES[settings.router]}, ${where}`, '', promises, '', spreads, '', others, ...leftOut].join('\n');
}

function spreadRow(what: string, spread: Spread | null): readonly (readonly string[])[] {
  if (spread === null) return [];
  const { count, p50, p90, p99, max } = spread;
  return [[what, ...[count, p50, p90, p99, max].map(String)]];
}
