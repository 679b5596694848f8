import type { Ports } from '../ports/service.js';
import type { HookRemark } from './finding.js';

/** The hooks of a service that cannot work as they are configured where this runs. Asks and tells none of them. */
export async function inspectHooks(
  { hooks = {}, serviceNamed }: Pick<Ports, 'serviceNamed' | 'hooks'>,
  service: string,
): Promise<readonly HookRemark[]> {
  const named = Object.entries(serviceNamed(service).hooks ?? {});
  const names = new Set(named.flatMap(([, ofMoment]) => ofMoment));
  const remarks = await Promise.all(
    [...names].map(async (hook): Promise<readonly HookRemark[]> => {
      const obstacle = await hooks[hook]?.findObstacle();
      if (obstacle == null) return [];
      const moments = named.filter(([, ofMoment]) => ofMoment.includes(hook)).map(([moment]) => moment);
      return [{ code: 'hookCannotWork', hook, moments, ...obstacle }];
    }),
  );
  return remarks.flat();
}
