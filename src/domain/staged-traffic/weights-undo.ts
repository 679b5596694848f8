import type { Undo } from '../rollout/undo.js';
import type { Weights } from '../traffic/weights.js';

/** All traffic back to where it was, absolutely. */
export interface WeightsUndo extends Undo {
  readonly kind: 'weights';
  readonly service: string;
  readonly weights: Weights;
}
