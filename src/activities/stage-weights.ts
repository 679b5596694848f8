import { splitBetween, type Weights } from '../domain/traffic/weights.js';
import type { WatchInput } from './contracts.js';

/** The weights that instances may have while a stage is guarded: its own, and those of before while they are on their way. */
export function stageWeights({ roles, sharePercent, comesFromPercent }: WatchInput): readonly Weights[] {
  const own = splitBetween(roles, sharePercent);
  return comesFromPercent === undefined ? [own] : [own, splitBetween(roles, comesFromPercent)];
}
