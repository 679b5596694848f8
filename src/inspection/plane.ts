import { AdapterUnavailableError } from '../domain/errors.js';
import type { PlaneReading } from '../domain/traffic/serving/serves.js';
import type { ServicePorts } from '../ports/service.js';
import type { InstanceWeights } from '../ports/traffic-router.js';
import type { Fault } from './finding.js';
import { askPatiently, patiently } from './patience.js';

/** What every instance of the data plane does now, as far as it answers. */
export interface PlaneInspection extends PlaneReading {
  readonly instances: readonly InstanceWeights[];
  /** What cannot be read, or would not last: every stage and every rollback would stand at it. */
  readonly faults: readonly Fault[];
}

export async function inspectPlane({ router, route }: ServicePorts): Promise<PlaneInspection> {
  const instances = await patiently(
    () => askPatiently(() => router.readWeights(route)),
    (answer) => answer instanceof AdapterUnavailableError || answer.every((instance) => 'weights' in instance),
  );
  if (instances instanceof AdapterUnavailableError)
    return { instances: [], weights: [], fences: [], faults: [{ code: 'routerUnavailable', error: instances }] };
  const answers = instances.filter((instance) => 'weights' in instance);
  return {
    instances,
    weights: answers.map(({ weights }) => weights),
    fences: [...new Set(answers.map(({ fence }) => fence))],
    faults: instances.flatMap(faultsOf),
  };
}

function faultsOf(read: InstanceWeights): readonly Fault[] {
  const { instance } = read;
  if ('unreachable' in read) return [{ code: 'instanceUnreachable', instance, reason: read.unreachable }];
  return read.fleeting === undefined ? [] : [{ code: 'weightsNotLasting', instance, reason: read.fleeting }];
}
