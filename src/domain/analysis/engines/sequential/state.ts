import { countBad, criteriaOf, type Criterion } from '../../criterion.js';
import type { CompiledCheck } from '../../engine.js';
import { harmAlternatives, healthAlternatives, type Alternatives } from '../../evidence/alternatives.js';
import { NO_SCATTER, scatterAfter, type Scatter } from '../../evidence/scatter.js';
import { carryWeighed, freshWeighed, type Weighed, type Weighing } from '../../evidence/weighed.js';
import { freshMemory, withoutTrouble, type CheckMemory } from '../../memory.js';
import type { SequentialCheck } from '../../plan.js';
import { readHistory } from '../../reading.js';
import type { AnalysisInterval } from '../../sample.js';

/** One criterion with its alternatives. */
export interface WeighedCriterion extends Criterion {
  readonly harm: Alternatives;
  readonly health: Alternatives;
}

/** Judged by evidence from the candidate alone. */
export interface CompiledSequential extends CompiledCheck, Weighing {
  readonly check: SequentialCheck;
  readonly criteria: readonly WeighedCriterion[];
}

export interface SequentialState extends CheckMemory {
  readonly engine: 'sequential';
  /** One per criterion. */
  readonly weighed: readonly Weighed[];
}

export function compileSequential(
  check: SequentialCheck,
  common: CompiledCheck,
  weighing: Weighing,
): CompiledSequential {
  const criteria = criteriaOf(check.metric, check).map((criterion) => ({
    ...criterion,
    harm: harmAlternatives(criterion.allowed),
    health: healthAlternatives(criterion.allowed),
  }));
  return { ...common, ...weighing, check, criteria };
}

export function beginSequential(
  { key, criteria }: CompiledSequential,
  past: readonly AnalysisInterval[],
): SequentialState {
  const weighed = criteria.map((criterion) => freshWeighed(scatterIn(criterion, past)));
  return { ...freshMemory(key), engine: 'sequential', weighed };
}

function scatterIn({ event }: WeighedCriterion, past: readonly AnalysisInterval[]): Scatter {
  return readHistory(past).reduce((scatter, counts) => {
    const { requests, surely } = countBad(event, counts);
    return scatterAfter(scatter, requests, surely);
  }, NO_SCATTER);
}

export function carrySequential(state: SequentialState): SequentialState {
  return { ...withoutTrouble(state), weighed: state.weighed.map(carryWeighed) };
}
