import { isObject } from '../reading/combinators.js';
import { wrongKind } from '../reading/problems.js';
import { UNREADABLE, type Reader } from '../reading/reader.js';

/** A rollout begins at its beginning: nobody but itself knows where it stood. */
export const nothingCarried: Reader<undefined> = (given, path, notes) => {
  if (given === undefined) return undefined;
  notes.problem({
    ...wrongKind(path, 'nothing', given),
    message: 'Only a rollout itself says where it goes on',
    remedy: 'Leave it out',
  });
  return UNREADABLE;
};

/**
 * Whether this is what the rollout of this run chain has handed to itself. It was read when the rollout began: to refuse
 * it now would leave its traffic where it stands.
 */
export function isOwnContinuation(given: unknown, firstRunId: string): boolean {
  if (!isObject(given) || !Object.hasOwn(given, 'carried') || !isObject(given.carried)) return false;
  const { id } = given.carried;
  return typeof id === 'string' && id.endsWith(`@${firstRunId}`);
}
