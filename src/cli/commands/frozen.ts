import type { Freeze } from '../../domain/stop-the-line/freeze.js';
import type { Context } from '../context.js';

/** Which stops refuse starts. What is shown beside it is shown also where that cannot be known. */
export async function frozenNow(context: Context): Promise<Freeze> {
  try {
    return (await (await context.session.rollouts()).getLine()).freeze;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    context.progress(`! whether the line is stopped could not be read: ${why}`);
    return [];
  }
}
