import { AdapterUnavailableError, HeadgateError, StaleFenceError } from '../../../domain/errors.js';
import { nextFence, NO_FENCE } from '../../../domain/traffic/fence.js';
import { describeWeights, sameWeights, type Weights } from '../../../domain/traffic/weights.js';
import type { Paint } from '../../../presentation/paint.js';
import type { Ports } from '../../session.js';

type ServicePorts = ReturnType<Ports['serviceNamed']>;

/** How often it takes a later fence where somebody else has just taken one. */
const ATTEMPTS = 5;

/** Before anything is written: what is not ours is not overwritten, and nobody is sent where nobody is. */
export async function refuseHarm({ router, route }: ServicePorts, weights: Weights): Promise<void> {
  const obstacles = (await router.whyNotSplittable(route, [weights])).filter((one) => one.forbidsEveryWrite);
  const [first] = obstacles;
  if (first === undefined) return;
  throw new HeadgateError('NOT_SPLITTABLE', `Nothing was written: ${first.message}`, {
    expected: first.expected,
    ...(obstacles.length > 1 && {
      got: obstacles.map(({ message }) => message).join('; '),
    }),
    remedy: first.remedy,
  });
}

export interface Written {
  readonly fence: number;
  /** Why not every instance was set; those that were do it now, so it belongs into the journal all the same. */
  readonly refusal: AdapterUnavailableError | null;
}

/** Later than all that anybody has decided; who decides at the same moment has lost. */
export async function setEverywhere(
  { router, route }: ServicePorts,
  weights: Weights,
  before: readonly InstanceState[],
): Promise<Written> {
  let fence = nextFence(Math.max(NO_FENCE, ...before.map((one) => one.fence ?? NO_FENCE)), 'breakGlass');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await router.setWeights(route, weights, { fence, urgent: true });
      return { fence, refusal: null };
    } catch (error) {
      if (!(error instanceof AdapterUnavailableError)) throw error;
      const stale = error instanceof StaleFenceError ? error : error.cause;
      if (!(stale instanceof StaleFenceError) || attempt === ATTEMPTS) return { fence, refusal: error };
      fence = nextFence(Math.max(fence, stale.greatestFence), 'breakGlass');
    }
  }
}

/** What one instance does; `null` where it cannot be read, with the reason. */
export interface InstanceState {
  readonly instance: string;
  readonly weights: Weights | null;
  readonly fence: number | null;
  readonly unreachable: string | null;
}

export async function instanceStates({ router, route }: ServicePorts): Promise<readonly InstanceState[]> {
  try {
    const instances = await router.readWeights(route);
    return instances.map((one) =>
      'weights' in one
        ? { instance: one.instance, weights: one.weights, fence: one.fence, unreachable: null }
        : { instance: one.instance, weights: null, fence: null, unreachable: one.unreachable },
    );
  } catch (error) {
    // That no instance can be read keeps none from being set.
    if (error instanceof AdapterUnavailableError) return [];
    throw error;
  }
}

/** Whether an instance does what was set, or what was decided after it and is the same. */
export function isDone({ weights, fence }: InstanceState, wanted: Weights, since: number): boolean {
  return weights !== null && sameWeights(weights, wanted) && (fence ?? NO_FENCE) >= since;
}

/** For people: what became of one instance. */
export function lineOf(
  { instance, weights, unreachable, done }: InstanceState & { readonly done: boolean },
  paint: Paint,
): string {
  if (weights === null) return `${paint.bad('✖')} ${instance}: cannot be read: ${unreachable ?? 'no answer'}`;
  const does = describeWeights(weights);
  return done ? `${paint.good('✔')} ${instance}: ${does}` : `${paint.bad('✖')} ${instance}: still does ${does}`;
}

/** What was set and is not so: somebody else was faster, or the instance answers wrongly. */
export function notDone(
  service: string,
  after: readonly (InstanceState & { readonly done: boolean })[],
  weights: Weights,
): AdapterUnavailableError | null {
  const failed = after.filter(({ done }) => !done);
  if (failed.length === 0 && after.length > 0) return null;
  const message = `${String(failed.length)} of ${String(after.length)} instances do not do what was set`;
  return new AdapterUnavailableError(`router of ${service}`, message, {
    expected: describeWeights(weights),
    got: failed.map(({ instance }) => instance).join(', ') || 'no instance that can be read',
  });
}
