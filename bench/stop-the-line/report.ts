import type { AbortSettings } from '../abort/settings.js';
import { thisMachine, type Machine } from '../lib/machine.js';
import { round } from '../lib/quantiles.js';
import { table } from '../lib/table.js';
import type { StopFigures } from './stop-the-line.js';

/** One figure that was promised, and what was measured. */
interface Promised {
  readonly what: string;
  readonly measured: number;
  readonly promised: string;
  readonly kept: boolean;
}

/** What `--json` writes. */
export interface StopReport {
  readonly benchmark: 'stop-the-line';
  readonly at: string;
  readonly machine: Machine;
  readonly settings: AbortSettings;
  readonly figures: StopFigures;
  readonly targets: readonly Promised[];
}

const MOST_MS = 1000;
const MOST_OF_ABORTS = 1 / 5;
const MOST_WRITES = 3;

export function reportOf(settings: AbortSettings, figures: StopFigures): StopReport {
  const { lastAtZeroMs, singleAbortsMs, bulkWrites, otherWrites, greatestShareAfter } = figures;
  const writes = bulkWrites + otherWrites;
  const ratio = round(lastAtZeroMs / singleAbortsMs, 2);
  return {
    benchmark: 'stop-the-line',
    at: new Date().toISOString(),
    machine: thisMachine(),
    settings,
    figures,
    targets: [
      atMost('the last at 0 % at the data plane, ms', lastAtZeroMs, MOST_MS),
      atMost('the same, of what as many single aborts take', ratio, MOST_OF_ABORTS),
      atMost('writes for each instance of the data plane', writes, MOST_WRITES),
      atMost('the greatest share after the answer, %', greatestShareAfter, 0),
    ],
  };
}

export function reportText({ settings, figures, targets, machine }: StopReport): string {
  const promises = table(
    ['promise', 'measured', 'promised', ''],
    targets.map(({ what, measured, promised, kept }) => [what, String(measured), promised, kept ? 'kept' : 'NOT KEPT']),
  );
  const { singleAbortsMs, answeredMs, fired } = figures;
  const others = table(
    ['figure', 'measured', ''],
    [
      ['as many single aborts at once: the last at 0 %', String(singleAbortsMs), 'ms'],
      ['answered: nothing in flight any more', String(answeredMs), 'ms'],
      ['starts, promotions and resumes fired meanwhile', String(fired), ''],
    ],
  );
  const where = `${settings.router}, ${String(settings.rollouts)} rollouts in flight, ${String(machine.cores)} cores (${machine.processor}), Node ${machine.node}`;
  return [where, '', promises, '', others].join('\n');
}

function atMost(what: string, measured: number, limit: number): Promised {
  return { what, measured, promised: `≤ ${String(limit)}`, kept: measured <= limit };
}
