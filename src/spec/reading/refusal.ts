import { InvalidSpecError, type SourcePosition } from '../../domain/errors.js';
import { problemOf, type Flaw } from './flaw.js';

/** A flaw with its place, where it was read from a file. */
export interface PlacedFlaw extends Flaw {
  readonly at?: SourcePosition;
}

/** Everything that is wrong with `what`, as one error. */
export function refusal(what: string, flaws: readonly PlacedFlaw[]): InvalidSpecError {
  return new InvalidSpecError(
    `${what} is refused`,
    flaws.map((flaw) => problemOf(flaw, flaw.at)),
  );
}

/** As a person reads a file: from the top. */
export function fromTheTop(flaws: readonly PlacedFlaw[]): PlacedFlaw[] {
  return [...flaws].sort((a, b) => lineOf(a) - lineOf(b));
}

function lineOf({ at }: PlacedFlaw): number {
  return at === undefined ? 0 : at.line + at.column / 1e6;
}
