import { isCountedMetric, type CountedMetric } from '../../domain/analysis/plan.js';
import { readLatency } from './duration.js';
import { asNumber, refuse, tidy, type Read } from './read.js';
import { percentIn } from './share.js';

const PER_SECOND = /^([\d.]+)\s*\/\s*s$/;

/** A bound on `metric` in the metric's own unit: rates as fractions, latencies in ms, request rates per second. */
export function readBound(metric: string, given: unknown): Read<number> {
  const number = asNumber(given);
  if (number !== undefined) return { value: number };
  return isCountedMetric(metric) ? readCounted(metric, given) : readNamed(given);
}

/** How much more than the baseline: `50%` and `0.5` are both 0.5. */
export function readIncrease(given: unknown): Read<number> {
  const number = asNumber(given);
  if (number !== undefined) return { value: number };
  const percent = percentIn(given);
  if (percent !== undefined) return { value: tidy(percent / 100) };
  return refuse('units.increase', 'This is not an increase', 'an increase over the baseline such as 50% or 0.5');
}

function readCounted(metric: CountedMetric, given: unknown): Read<number> {
  switch (metric) {
    case 'errorRate':
    case 'successRate': {
      const percent = percentIn(given);
      if (percent !== undefined) return { value: tidy(percent / 100) };
      return refuse('units.bound', `${metric} is a share of requests`, 'a share such as 1% or 0.01');
    }
    case 'latencyP50':
    case 'latencyP95':
    case 'latencyP99': {
      const duration = readLatency(given);
      if ('value' in duration) return duration;
      const { remedy } = duration.refused;
      return refuse('units.bound', `${metric} is a time`, 'a time such as 500ms or 1.5s', remedy);
    }
    case 'requestRate': {
      const perSecond = typeof given === 'string' ? PER_SECOND.exec(given.trim())?.[1] : undefined;
      const number = asNumber(perSecond);
      if (number !== undefined) return { value: number };
      return refuse('units.bound', 'requestRate counts requests per second', 'a number such as 100 or 100/s');
    }
  }
}

/** Only the query knows the unit of its value. */
function readNamed(given: unknown): Read<number> {
  const remedy = percentIn(given) === undefined ? undefined : 'Write the number that the query returns at that bound';
  return refuse('units.bound', 'A named value has the unit that its query gives it', 'a plain number', remedy);
}
