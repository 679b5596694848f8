import type { SequentialState } from '../check-state.js';
import type { CompiledSequential, WeighedCriterion } from '../compiled-plan.js';
import { countBad } from '../criterion.js';
import { NO_SCATTER, scatterAfter, type Scatter } from '../evidence/scatter.js';
import { carryWeighed, freshWeighed } from '../evidence/weighed.js';
import { freshMemory, withoutTrouble } from '../memory.js';
import type { AnalysisPlan } from '../plan.js';
import { readHistory } from '../reading.js';

export function beginSequential({ key, criteria }: CompiledSequential, { dispersion }: AnalysisPlan): SequentialState {
  const history = typeof dispersion === 'object' ? dispersion.fromBaseline : [];
  const weighed = criteria.map((criterion) => freshWeighed(scatterIn(criterion, history)));
  return { ...freshMemory(key), engine: 'sequential', weighed };
}

function scatterIn({ event }: WeighedCriterion, history: Parameters<typeof readHistory>[0]): Scatter {
  return readHistory(history).reduce((scatter, counts) => {
    const { requests, surely } = countBad(event, counts);
    return scatterAfter(scatter, requests, surely);
  }, NO_SCATTER);
}

export function carrySequential(state: SequentialState): SequentialState {
  return { ...withoutTrouble(state), weighed: state.weighed.map(carryWeighed) };
}
