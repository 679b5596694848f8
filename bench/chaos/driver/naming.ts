import type { CommandAction } from '../schedule/schedule.js';
import type { ServiceMemory } from './services.js';

/** A stage that no plan has. */
const NO_STAGE = 40;

/** A rollout that never was. */
const NO_RUN = '01a20a86-3684-7799-a553-000000000000';

/** How a command names its rollout. */
export function referenceOf(service: string, names: CommandAction['names'], { current, stale }: ServiceMemory): string {
  if (names === 'nothing') return service;
  return `${service}@${(names === 'current' ? current : stale[0]) ?? NO_RUN}`;
}

export function stageOf(stage: 'current' | 'wrong', { look }: ServiceMemory): number {
  return stage === 'wrong' ? NO_STAGE : (look?.stage ?? 1);
}
