import { thisMachine, type Machine } from '../lib/machine.js';
import { table } from '../lib/table.js';
import type { AbortFigures } from './abort.js';
import type { AbortSettings } from './settings.js';
import { targetsOf, type Target } from './targets.js';

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
    (
      [
        ['single abort: signal → reads back 0 %', single.abortMs],
        ['floor: signal → one activity', single.floorMs],
        ['bad at once: sample → reads back 0 %', badTogether.breachToZeroMs],
      ] as const
    ).map(([what, spread]) => [what, ...[spread.count, spread.p50, spread.p90, spread.p99, spread.max].map(String)]),
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
      ['all bad at once: first sample → last at 0 %', String(badTogether.firstSampleToLastZeroMs), 'ms'],
      [
        `worker killed: ${String(workerKilled.aborts)} aborts, new worker polls after`,
        String(workerKilled.restartToPollingMs),
        'ms',
      ],
    ],
  );
  const where = `${String(settings.rollouts)} rollouts in flight, ${String(machine.cores)} cores (${machine.processor}), Node ${machine.node}`;
  return [where, '', promises, '', spreads, '', others].join('\n');
}
