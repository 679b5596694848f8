import type { Engine, Joined } from '../../engine.js';
import { intervalOf, wilson, type Increase, type Interval } from '../../estimate.js';
import { dispersionFor, harmLeft } from '../../evidence/weighed.js';
import type { BaselineCheck } from '../../plan.js';
import { stageValue } from '../../stage-counts.js';
import { explainBaseline, requestsToProve } from './explain.js';
import { judgeBaseline } from './judge.js';
import { observeBaseline } from './observe.js';
import { beginBaseline, carryBaseline, compileBaseline, type BaselineState, type CompiledBaseline } from './state.js';

/** Evidence from the comparison with the baseline in the same moments. */
export const baselineEngine: Engine<BaselineCheck, CompiledBaseline, BaselineState> = {
  testsIn: () => 1,
  compile: compileBaseline,
  begin: beginBaseline,
  observe: ({ compiled, state }, reading, stage) => observeBaseline(compiled, state, reading, stage),
  judge: judgeBaseline,
  explain: explainBaseline,
  carry: carryBaseline,
  requestsToProve: (check) => (check.state.suspended ? null : requestsToProve(check)),
  show(check, stage) {
    const { compiled, state } = check;
    const { metric } = compiled;
    const value = stageValue(metric, stage);
    const interval = intervalOf(metric, stage, dispersionFor(compiled, state.weighed));
    const isKnown = state.compared.requests > 0 || state.weighed.harm.intervals > 0;
    return {
      value,
      interval,
      increase: increaseOf(check, { value, interval, baselineValue: stageValue(metric, stage, 'baseline') }),
      healthScore: isKnown ? harmLeft(compiled, state.weighed) : null,
    };
  },
};

interface ComparedValues {
  readonly value: number | null;
  readonly baselineValue: number | null;
  readonly interval: Interval | null;
}

/**
 * The increase that the check is about, for display, with what it lies between at 95 %: for a rate from the share that
 * the candidate has of all failures (Wilson), for a latency from the interval of its quantile. `null` where there is
 * nothing to compare with.
 */
function increaseOf(
  { compiled, state }: Joined<CompiledBaseline, BaselineState>,
  { value, baselineValue, interval }: ComparedValues,
): Increase | null {
  if (state.suspended) return null;
  if (compiled.unit === 'ms') {
    if (value === null || baselineValue === null || interval === null || !(baselineValue > 0)) return null;
    const over = (ms: number) => ms / baselineValue - 1;
    return { value: over(value), low: over(interval.low), high: over(interval.high) };
  }
  const { requests, bad, baselineRequests, baselineBad } = state.compared;
  const all = bad + baselineBad;
  if (!(bad > 0 && baselineBad > 0 && requests > 0)) return null;
  const over = (share: number) => (share * baselineRequests) / ((1 - share) * requests) - 1;
  const { low, high } = wilson(bad / all, all / dispersionFor(compiled, state.weighed));
  return high < 1 ? { value: over(bad / all), low: over(low), high: over(high) } : null;
}
