import type { HeadgateConfig } from '../../config/types.js';
import { lookAtGateways } from '../../wiring/gateways.js';
import type { Finding } from '../output/documents.js';

/** Where something else answers than the gateway that the named services are to be split by or counted at. */
export async function foreignGateways(
  { file, routers, metrics, services }: HeadgateConfig,
  named: readonly { readonly service: string }[],
): Promise<readonly Finding[]> {
  const used = named.flatMap(({ service }) => (Object.hasOwn(services, service) ? [services[service]] : []));
  const found = await lookAtGateways({
    file,
    routers: pick(routers, new Set(used.map((service) => service?.router ?? ''))),
    metrics: pick(metrics, new Set(used.map((service) => service?.metrics ?? ''))),
  });
  return found.flatMap(({ url, what, problem, remedy, answers }) =>
    problem === null || !answers
      ? []
      : [
          {
            rule: 'online.gateway',
            path: 'service',
            message: `What answers at ${url} is not this project's gateway`,
            expected: 'the gateway of this headgate.yaml',
            got: what,
            remedy,
            at: null,
          },
        ],
  );
}

function pick<Value>(all: Readonly<Record<string, Value>>, names: ReadonlySet<string>): Record<string, Value> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
}
