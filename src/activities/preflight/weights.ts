import { AdapterUnavailableError } from '../../domain/errors.js';
import type { PlaneReading } from '../../domain/traffic/serving/serves.js';
import type { Weights } from '../../domain/traffic/weights.js';
import type { ServicePorts } from '../../ports/service.js';
import type { InstanceWeights } from '../../ports/traffic-router.js';
import { askPatiently, patiently } from '../patience.js';
import type { PreflightProblem } from '../contracts.js';

/** What every instance of the data plane does now, as far as it answers; what cannot be read, or would not last, is a problem. */
export async function readAllWeights({
  router,
  route,
}: ServicePorts): Promise<PlaneReading & { readonly problems: readonly PreflightProblem[] }> {
  try {
    const instances = await patiently(() => askPatiently(() => router.readWeights(route)), allReachable);
    const problems = instances.flatMap((instance) =>
      'unreachable' in instance ? [unreachable(instance.instance, instance.unreachable)] : fleetingOf(instance),
    );
    const answers = instances.flatMap((instance) => ('weights' in instance ? [instance] : []));
    return {
      weights: answers.map(({ weights }) => weights),
      fences: [...new Set(answers.map(({ fence }) => fence))],
      problems,
    };
  } catch (error) {
    if (!(error instanceof AdapterUnavailableError)) throw error;
    return {
      weights: [],
      fences: [],
      problems: [
        {
          subject: 'router',
          message: error.message,
          expected: error.expected ?? 'a router that answers',
          remedy: error.remedy ?? 'Start it, or correct its address under routers: in headgate.yaml',
        },
      ],
    };
  }
}

function allReachable(instances: readonly InstanceWeights[]): boolean {
  return instances.every((instance) => 'weights' in instance);
}

function unreachable(instance: string, why: string): PreflightProblem {
  return {
    subject: 'router',
    message: `${instance} cannot be read: ${why}`,
    expected: 'every configured instance of the router reachable',
    remedy: 'Start it, or take it out of headgate.yaml if it is gone for good',
  };
}

/** Every stage and every rollback would stand at it: it is known before anything has moved. */
function fleetingOf({ instance, fleeting }: Extract<InstanceWeights, { weights: Weights }>): PreflightProblem[] {
  if (fleeting === undefined) return [];
  return [
    {
      subject: 'router',
      message: `${instance}: ${fleeting}`,
      expected: 'weights that outlive a restart of the router',
      remedy: 'Give the worker the right to write there, or correct the path in headgate.yaml',
    },
  ];
}
