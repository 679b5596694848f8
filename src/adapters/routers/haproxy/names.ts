import { AdapterUnavailableError } from '../../../domain/errors.js';
import type { Route } from '../../../ports/traffic-router.js';

/** What HAProxy allows in the name of a proxy; nothing in it can end a runtime command or begin another. */
const NAME = /^[\w.:-]{1,200}$/;

/** @throws AdapterUnavailableError for a name that would be more than a word in a runtime command. */
export function assertNames(adapter: string, { service, targets }: Route): void {
  for (const [what, name] of [
    ['The route', service],
    ...Object.keys(targets).map((slot) => [`The target of ${slot}`, targets[slot] ?? '']),
  ] as const)
    if (!NAME.test(name))
      throw new AdapterUnavailableError(adapter, `${what} cannot be a name in HAProxy: ${JSON.stringify(name)}`, {
        expected: 'letters, digits, "-", "_", "." and ":"',
        got: JSON.stringify(name),
        remedy: 'Correct route: or target: of the service in headgate.yaml: a target is a backend, not a server',
      });
}
