import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HeadgateError } from '../../domain/errors.js';
import { recordingsIn, type Recording } from '../../domain/observations/recording.js';
import type { Context } from '../context.js';
import { FileNotReadableError } from './spec-files.js';

/** Thrown when nothing was kept of a rollout, as far as can be seen from here. */
class ObservationsNotFoundError extends HeadgateError {
  constructor(id: string, place: string) {
    super('OBSERVATIONS_NOT_FOUND', `Nothing that was observed of ${id} can be found from here`, {
      expected: place,
      got: 'no such file',
      remedy: "Run this where the worker keeps them, or set observations.path in headgate.yaml to the worker's folder",
      next: [`headgate history ${id}`, `headgate backtest --observations FILE`],
    });
  }
}

/**
 * What was kept of a rollout; a service means the newest of its rollouts.
 *
 * @throws ObservationsNotFoundError
 */
export async function observedOf(context: Context, id: string): Promise<Recording> {
  const store = await context.session.observations();
  const rolloutId = id.includes('@') ? id : ((await store.rolloutsOf(id)).at(-1) ?? id);
  const recording = recordingsIn(await store.read(rolloutId)).find((one) => one.rolloutId === rolloutId);
  if (recording === undefined) throw new ObservationsNotFoundError(id, store.placeOf(rolloutId));
  return recording;
}

/**
 * What files hold; a rollout that is in several of them is one.
 *
 * @throws FileNotReadableError
 * @throws InvalidSpecError with every problem of a file.
 */
export async function observedIn(context: Context, files: readonly string[]): Promise<readonly Recording[]> {
  const { readObservations } = await import('../../spec/observations/read.js');
  const texts = await Promise.all(files.map((file) => textOf(context, file)));
  return recordingsIn(files.flatMap((file, index) => readObservations(texts[index] ?? '', file)));
}

function textOf({ cwd }: Context, file: string): Promise<string> {
  return readFile(resolve(cwd, file), 'utf8').catch((error: unknown) => {
    throw new FileNotReadableError(file, error, {
      remedy: 'Correct the name',
      next: ['headgate backtest ID', 'headgate list'],
    });
  });
}
