import type { StatusBase } from '../domain/rollout/status.js';
import type { Journal } from './session.js';

/**
 * Finds a finished rollout in the journal. The journal may be on another machine, or not to be read from here: then
 * the server's word is all there is.
 */
export function recallFrom(journal: () => Promise<Journal>): (id: string) => Promise<StatusBase | null> {
  return async (id) => {
    const [service = id, runId] = id.split('@');
    try {
      const entries = await (await journal()).read(runId === undefined ? { service } : { service, rolloutId: id });
      return entries.findLast(({ status }) => status !== undefined)?.status ?? null;
    } catch {
      return null;
    }
  };
}
