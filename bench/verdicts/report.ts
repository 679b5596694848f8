import { thisMachine, type Machine } from '../lib/machine.js';
import { table } from '../lib/table.js';
import type { PolicyRow } from './policies.js';
import { percent } from './rate.js';
import type { VerdictSettings } from './settings.js';
import { targetCells, targetsOf, TARGETS_HEAD, type VerdictTarget } from './targets.js';
import type { VerdictFigures } from './verdicts.js';

/** What `--json` writes. */
export interface VerdictReport {
  readonly benchmark: 'verdicts';
  readonly at: string;
  readonly machine: Machine;
  readonly seconds: number;
  readonly settings: VerdictSettings;
  readonly figures: VerdictFigures;
  readonly targets: readonly VerdictTarget[];
}

export function reportOf(settings: VerdictSettings, figures: VerdictFigures, seconds: number): VerdictReport {
  return {
    benchmark: 'verdicts',
    at: new Date().toISOString(),
    machine: thisMachine(),
    seconds: Math.round(seconds),
    settings,
    figures,
    targets: targetsOf(figures),
  };
}

export function reportText({ settings, figures, targets, seconds }: VerdictReport): string {
  const unpromised = figures.falseRollbacks.filter(({ promised }) => !promised);
  return [
    `seed ${String(settings.seed)}, ${String(settings.candidates)} candidates per rate; ± is two standard errors; ${String(seconds)} s`,
    '',
    table(TARGETS_HEAD, targets.map(targetCells)),
    '',
    table(
      ['not promised, to compare with: rolled back', '%', ''],
      unpromised.map(({ what, rate }) => [what, percent(rate.share), `± ${percent(rate.plusMinus)}`]),
    ),
    '',
    ...scenariosIn(figures.policies).flatMap((scenario) => [policyTable(scenario, figures.policies), '']),
    `At a bound of 1 %, one hour at 5 % of the traffic, the same ${String(settings.rollouts)} streams for every row. "met it": requests of the`,
    'bad version on average until it was rolled back, the whole hour where it was not. "–": half or more were not found.',
  ].join('\n');
}

function scenariosIn(rows: readonly PolicyRow[]): readonly string[] {
  return [...new Set(rows.map(({ scenario }) => scenario))];
}

function policyTable(scenario: string, rows: readonly PolicyRow[]): string {
  const mine = rows.filter((row) => row.scenario === scenario);
  const times = mine[0]?.bad.map((bad) => bad.times) ?? [];
  return table(
    [scenario, 'false rollbacks', ...times.flatMap((one) => [`${String(one)} ×: found`, 'median', 'met it'])],
    mine.map(({ policy, falseRollbacks, bad }) => [
      policy,
      `${percent(falseRollbacks.share)} % ± ${percent(falseRollbacks.plusMinus)}`,
      ...bad.flatMap(({ found, medianMinutes, meanRequests }) => [
        `${percent(found.share, 0)} %`,
        medianMinutes === null ? '–' : `${String(medianMinutes)} min`,
        String(meanRequests),
      ]),
    ]),
  );
}
