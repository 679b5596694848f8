import { mean, sampleVariance } from 'simple-statistics';
import { round } from '../lib/quantiles.js';

/** A share that was found by simulation. */
export interface Rate {
  readonly of: number;
  readonly share: number;
  /** Two standard errors: the truth is within ± this in 95 of 100 runs of the benchmark. */
  readonly plusMinus: number;
}

export function rateOf(times: number, happens: () => boolean): Rate {
  let happened = 0;
  for (let time = 0; time < times; time += 1) if (happens()) happened += 1;
  const share = happened / times;
  // Nothing seen does not mean that it never happens: one more of each keeps the error bar above 0.
  const shrunk = (happened + 1) / (times + 2);
  return { of: times, share: round(share, 5), plusMinus: round(2 * Math.sqrt((shrunk * (1 - shrunk)) / times), 5) };
}

/** A mean that was found by simulation. */
export interface Mean {
  readonly of: number;
  readonly mean: number;
  /** Two standard errors. */
  readonly plusMinus: number;
}

export function meanOf(values: number[]): Mean {
  return {
    of: values.length,
    mean: round(mean(values), 1),
    plusMinus: round(2 * Math.sqrt(sampleVariance(values) / values.length), 1),
  };
}

export function percent(share: number, digits = 1): string {
  return (100 * share).toFixed(digits);
}
