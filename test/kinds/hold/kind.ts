import { number, object, optional, text } from '../../../src/domain/reading/combinators.js';
import { read } from '../../../src/domain/reading/reader.js';
import type { RolloutKind } from '../../../src/domain/rollout/kinds.js';
import type { HoldPlan } from './rules.js';

/** Holds a service's name for a while, and moves nothing: the least that a rollout can be. */
interface HoldInput {
  readonly plan: HoldPlan & { readonly service: string };
  readonly requestedBy?: string;
}

const readHold = object<HoldInput>({
  plan: object<HoldInput['plan']>({ service: text({ max: 100 }), holdForMs: number({ min: 1 }) }),
  requestedBy: optional(text({ max: 100 })),
});

export const hold: RolloutKind = {
  strategy: 'hold',
  workflowType: 'holdRollout',
  begin(given) {
    const { value: input, ...notes } = read(readHold, given);
    if (input === undefined) return notes;
    const summary = `Hold of ${input.plan.service}`;
    return { ...notes, value: { input, memo: {}, summary, details: '', asks: null } };
  },
  seen: (status) => ({ ...status, shown: ['holds the name, moves nothing'] }),
};
