import type { VerdictFigures } from './verdicts.js';
import { percent } from './rate.js';
import { ALPHA, LOOKS } from './settings.js';

/** One figure that was promised, and what was measured. */
export interface VerdictTarget {
  readonly what: string;
  readonly measured: number;
  /** Two standard errors; `null` where it is not a share. */
  readonly plusMinus: number | null;
  readonly atMost: number | null;
  readonly atLeast: number | null;
  readonly kept: boolean;
}

/** How many times an oracle's requests are promised, from the beginning. */
const DETECTION: Readonly<Record<number, number>> = { 2: 1.25, 3: 1.3, 10: 1.3 };

/** And after 100 healthy intervals. */
const LATE_DETECTION = 4.5;

/** How often a doubled latency is promised to be found where 1.5 × is allowed. */
const LATENCY_FOUND = 0.95;

/** The promises of the README and of docs/checks.md. A share is kept when what was measured keeps it. */
export function targetsOf({ falseRollbacks, detection, latency }: VerdictFigures): readonly VerdictTarget[] {
  return [
    ...falseRollbacks
      .filter(({ promised }) => promised)
      .map(({ what, rate }) => atMost(`false rollbacks: ${what}`, rate.share, ALPHA, rate.plusMinus)),
    ...detection.map(({ times, healthyIntervals, ratio, requests, oracleRequests }) =>
      atMost(
        `${String(times)} × what is allowed, ${healthyIntervals === 0 ? 'from the beginning' : `after ${String(healthyIntervals)} healthy intervals`}: × an oracle's requests`,
        ratio,
        healthyIntervals === 0 ? (DETECTION[times] ?? NaN) : LATE_DETECTION,
        requests.plusMinus / oracleRequests,
      ),
    ),
    atMost(
      'latency against the baseline, two backends alike',
      latency.falseRollbacks.share,
      ALPHA,
      latency.falseRollbacks.plusMinus,
    ),
    {
      what: 'latency doubled where 1.5 × is allowed: found',
      measured: latency.found.share,
      plusMinus: latency.found.plusMinus,
      atMost: null,
      atLeast: LATENCY_FOUND,
      kept: latency.found.share >= LATENCY_FOUND,
    },
  ];
}

function atMost(what: string, measured: number, limit: number, plusMinus: number | null): VerdictTarget {
  return {
    what,
    measured,
    plusMinus: plusMinus === null ? null : Math.round(plusMinus * 1e5) / 1e5,
    atMost: limit,
    atLeast: null,
    kept: measured <= limit,
  };
}

/** For people: a share in percent, a ratio as it is. */
export function targetCells({ what, measured, plusMinus, atMost: most, atLeast, kept }: VerdictTarget): string[] {
  const isRatio = what.includes('oracle');
  const show = (value: number): string => (isRatio ? value.toFixed(2) : `${percent(value)} %`);
  return [
    what,
    show(measured),
    plusMinus === null ? '' : `± ${isRatio ? plusMinus.toFixed(2) : percent(plusMinus)}`,
    most === null ? `≥ ${show(atLeast ?? 0)}` : `≤ ${show(most)}`,
    kept ? 'kept' : 'NOT KEPT',
  ];
}

export const TARGETS_HEAD = [
  `promise (α = ${percent(ALPHA, 0)} %, ${String(LOOKS)} looks)`,
  'measured',
  '',
  'promised',
  '',
];
