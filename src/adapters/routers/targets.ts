import { HeadgateError } from '../../domain/errors.js';
import type { Route } from '../../ports/traffic-router.js';

/** What the service calls `slot`, as the data plane calls it. @throws HeadgateError `UNKNOWN_BACKEND` */
export function targetOf({ service, targets }: Route, slot: string): string {
  const target = Object.hasOwn(targets, slot) ? targets[slot] : undefined;
  if (target !== undefined) return target;
  throw new HeadgateError('UNKNOWN_BACKEND', `${service} has no backend ${slot}`, {
    expected: `one of ${Object.keys(targets).join(', ')}`,
    got: slot,
  });
}

/** A target that the service does not know keeps its own name, so that its share is seen as drift. */
export function slotOf({ targets }: Route, target: string): string {
  return Object.entries(targets).findLast(([, name]) => name === target)?.[0] ?? target;
}
