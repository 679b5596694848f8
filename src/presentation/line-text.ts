import { frozenWords, type Freeze } from '../domain/stop-the-line/freeze.js';
import type { LineStopStatus } from '../domain/stop-the-line/status.js';
import { describeWeights } from '../domain/traffic/weights.js';
import type { Paint } from './paint.js';

/** Which stops refuse starts, a line each; nothing where none does. */
export function frozenLines(freeze: Freeze, paint: Paint): readonly string[] {
  return freeze.map((one) => `${paint.attention('■')} starts are refused: ${frozenWords(one)}`);
}

/** What of a stop needs a person. */
export function leftLines({
  left,
  mixed,
  unmatched,
}: Pick<LineStopStatus, 'left' | 'mixed' | 'unmatched'>): readonly string[] {
  return [
    ...left.map(({ service, why }) => `  ${service} is not stopped yet: ${why}; retrying`),
    ...mixed.map(
      ({ service, weights }) =>
        `  the traffic of ${service} is split, and no rollout can bring it back: ${describeWeights(weights)}`,
    ),
    ...unmatched.map((name) => `  no service is called ${name}`),
  ];
}
