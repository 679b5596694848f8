import { once } from 'node:events';
import type { Context } from '../context.js';
import type { Result } from '../result.js';

/** Runs rollouts until it is told to stop; what runs then may end within the grace time. */
export async function worker(context: Context): Promise<Result> {
  const { address, namespace, profile } = context.options;
  const config = await context.session.config();
  const { runWorker } = await import('../../worker/run-worker.js');
  const running = await runWorker(config, {
    ...(address === undefined ? {} : { address }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(profile === undefined ? {} : { profile }),
  });
  const { interrupted } = context;
  if (!interrupted.aborted) await Promise.race([running.done, once(interrupted, 'abort')]);
  await running.shutdown();
  return { document: null, text: () => [] };
}
