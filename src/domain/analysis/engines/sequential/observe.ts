import { countBad, isLatencyMetric, valueOf, type BadCount } from '../../criterion.js';
import type { Joined } from '../../engine.js';
import type { Alternatives } from '../../evidence/alternatives.js';
import { excessAfter, isShared, type Excess } from '../../evidence/excess.js';
import { gather, refuted, type Evidence } from '../../evidence/process.js';
import { scatterAfter } from '../../evidence/scatter.js';
import { dispersionFor, isHarmProven, type Weighed } from '../../evidence/weighed.js';
import { remember, withTrouble, type Failure } from '../../memory.js';
import { isProportionMetric } from '../../plan.js';
import { isTrouble, type Counts, type Reading } from '../../reading.js';
import { proportionWords } from '../../words.js';
import type { CompiledSequential, SequentialState, WeighedCriterion } from './state.js';

/** The check after one more interval: O(alternatives), however many intervals there were. */
export function observeSequential(
  { compiled, state }: Joined<CompiledSequential, SequentialState>,
  reading: Reading,
): SequentialState {
  if (state.failure !== null) return state;
  const { candidate } = reading;
  if (isTrouble(candidate)) return withTrouble(state, candidate);
  const latency = isLatencyMetric(compiled.check.metric);
  if (latency && candidate.requests > 0 && candidate.histogramTrouble !== null)
    return withTrouble(state, candidate.histogramTrouble);

  const baseline = isTrouble(reading.baseline) ? null : reading.baseline;
  const weighed = state.weighed.map((before, index) => {
    const criterion = compiled.criteria[index];
    return criterion === undefined ? before : weigh(compiled, criterion, before, candidate, baseline, reading.startMs);
  });
  return {
    key: state.key,
    engine: 'sequential',
    failure: failureIn(compiled, weighed, reading.endMs),
    trouble: null,
    troublesInARow: 0,
    recent: remember(state.recent, valueIn(compiled, candidate)),
    weighed,
  };
}

function valueIn({ check }: CompiledSequential, counts: Counts): number | null {
  return isProportionMetric(check.metric) ? valueOf(check.metric, counts) : null;
}

function weigh(
  compiled: CompiledSequential,
  criterion: WeighedCriterion,
  before: Weighed,
  candidate: Counts,
  baseline: Counts | null,
  startMs: number,
): Weighed {
  const count = countBad(criterion.event, candidate);
  const baselineCount = baseline === null ? null : countBad(criterion.event, baseline);
  const scatter =
    baselineCount === null
      ? before.scatter
      : scatterAfter(before.scatter, baselineCount.requests, baselineCount.surely);
  if (!(count.requests > 0)) return scatter === before.scatter ? before : { ...before, scatter };

  // From the past of the baseline alone: what the interval itself shows would mask the harm that it does.
  const dispersion = dispersionFor(compiled, before);
  return {
    harm: harmAfter(before.harm, criterion, count, dispersion),
    health: gatherShares(before.health, criterion.health, count.requests, count.possibly, dispersion),
    excess: excessAfter(before.excess, {
      startMs,
      candidate,
      baseline,
      requests: count.requests,
      bad: count.surely,
      baselineRequests: baselineCount?.requests ?? 0,
      baselineBad: baselineCount?.surely ?? 0,
      allowedBad: criterion.allowed * count.requests,
    }),
    scatter,
  };
}

function harmAfter(harm: Evidence, criterion: WeighedCriterion, count: BadCount, dispersion: number): Evidence {
  if (criterion.allowed <= 0 && count.surely > 0) return refuted(harm);
  return gatherShares(harm, criterion.harm, count.requests, count.surely, dispersion);
}

/** ln L = (s ln(g/p0) + (n − s) ln((1−g)/(1−p0))) / φ: the likelihood ratio of binomial counts, tempered. */
function gatherShares(
  evidence: Evidence,
  { prior, perBad, perGood }: Alternatives,
  requests: number,
  bad: number,
  dispersion: number,
): Evidence {
  const good = requests - bad;
  const logRatios = prior.slice();
  for (let index = 0; index < logRatios.length; index += 1)
    logRatios[index] = (bad * (perBad[index] ?? 0) + good * (perGood[index] ?? 0)) / dispersion;
  return gather(evidence, prior, logRatios);
}

function failureIn(compiled: CompiledSequential, all: readonly Weighed[], atMs: number): Failure | null {
  for (const [index, weighed] of all.entries()) {
    const criterion = compiled.criteria[index];
    if (criterion === undefined || weighed.excess === null || !isHarmProven(compiled, weighed)) continue;
    return failureOf(compiled, criterion, weighed.excess, dispersionFor(compiled, weighed), atMs);
  }
  return null;
}

function failureOf(
  compiled: CompiledSequential,
  criterion: WeighedCriterion,
  excess: Excess,
  dispersion: number,
  atMs: number,
): Failure {
  const { requests, bad, sinceMs, candidate, baseline } = excess;
  const value = valueIn(compiled, candidate);
  return {
    atMs,
    sinceMs,
    value,
    baselineValue: baseline === null ? null : valueIn(compiled, baseline),
    sharedWithBaseline: isShared(excess, criterion.allowed, dispersion),
    reason: proportionWords(criterion, { requests, surely: bad }, value, compiled.unit),
  };
}
