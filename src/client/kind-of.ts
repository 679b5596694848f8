import { HeadgateError } from '../domain/errors.js';
import type { Kinds, RolloutKind } from '../domain/rollout/kinds.js';
import type { FoundRollout } from './find-rollout.js';
import { attributesOf } from './server-record.js';

/** Thrown when a rollout is of a kind that this program was not given: it can be stopped, but not shown. */
class UnknownKindError extends HeadgateError {
  constructor({ id }: FoundRollout, kind: string, { all }: Kinds) {
    super('UNKNOWN_KIND', `${id} is of the kind ${kind}, which this program does not know`, {
      expected: all.map(({ strategy }) => strategy).join(' or '),
      got: kind,
      remedy: 'Hand the kind in where the program is put together, or use the program that started it',
    });
  }
}

/** @throws UnknownKindError */
export function kindOf(kinds: Kinds, found: FoundRollout): RolloutKind {
  const kind = kindIfKnown(kinds, found);
  if (kind !== null) return kind;
  const strategy = strategyOf(found);
  throw new UnknownKindError(found, typeof strategy === 'string' ? strategy : found.description.type, kinds);
}

/** `null` when it was not handed in. */
export function kindIfKnown(kinds: Kinds, found: FoundRollout): RolloutKind | null {
  return kinds.of(strategyOf(found), found.description.type);
}

function strategyOf({ description }: FoundRollout): unknown {
  return attributesOf(description).HeadgateStrategy;
}
