import type { Context } from '../context.js';
import { UsageError } from '../errors.js';

/** The rollout that was named, or the only one in flight. */
export async function targetOf(context: Context, id: string | undefined): Promise<string> {
  if (id !== undefined) return id;
  const rollouts = await context.session.rollouts();
  const inFlight = await rollouts.list({ inFlight: true, limit: 10 });
  const [only, ...others] = inFlight;
  if (only === undefined)
    throw new UsageError('No rollout is in flight: say which one is meant', {
      expected: 'a service, or service@run',
      next: ['headgate list'],
    });
  if (others.length > 0)
    throw new UsageError('Several rollouts are in flight: say which one is meant', {
      expected: `one of ${inFlight.map(({ service }) => service).join(', ')}`,
      next: ['headgate list --in-flight'],
    });
  return only.service;
}
