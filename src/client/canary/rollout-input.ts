import type { Client } from '@temporalio/client';
import type { CanaryInput } from '../../domain/canary/canary-input.js';
import { RolloutNotFoundError } from '../errors.js';
import { findRollout } from '../find-rollout.js';
import { readInput } from '../rollout-history.js';

/**
 * What a canary was started with, as long as the server remembers it.
 *
 * @throws RolloutNotFoundError
 */
export async function readRolloutInput(client: Client, id: string, idPrefix = ''): Promise<CanaryInput> {
  const found = await findRollout(client, id, idPrefix);
  const input = found === null ? null : await readInput(client, found);
  if (input === null) throw new RolloutNotFoundError(id);
  return input as CanaryInput;
}
