import { HeadgateError } from '../domain/errors.js';
import { rolesFrom } from '../domain/traffic/roles.js';
import type { PlaneReading } from '../domain/traffic/serving/serves.js';
import type { Reported } from '../domain/traffic/serving/versions.js';
import type { Roles } from '../domain/traffic/weights.js';
import type { Ports, ServicePorts } from '../ports/service.js';
import { inspectCandidate } from './candidate.js';
import { inspectCatchAll } from './catch-all.js';
import type { Fault, InspectionFinding } from './finding.js';
import { inspectHooks } from './hooks.js';
import { inspectMetrics } from './metrics.js';
import { inspectPlane } from './plane.js';
import type { Queries } from './scalars.js';
import { inspectSplits } from './splits.js';
import { reportedVersions } from './versions.js';

/** What is asked of a service: as much of a plan as a look at it takes. */
export interface Asked extends Queries, Pick<ServicePorts, 'health'> {
  readonly service: string;
  /** The candidate's shares that are wanted. */
  readonly sharesPercent: readonly number[];
  /** The candidate need not be there yet. */
  readonly candidateComesLater?: true;
  /** The baseline, whatever the router says. */
  readonly adopt?: string;
}

/** All that a service needs for a rollout. Looks only; nothing moves. */
export async function inspect(
  ports: Pick<Ports, 'serviceNamed' | 'hooks'>,
  asked: Asked,
): Promise<readonly InspectionFinding[]> {
  const service = findService(ports, asked.service);
  if ('code' in service) return [service];
  const plane = await inspectPlane(service);
  if (plane.faults.length > 0) return plane.faults;
  const roles = findRoles(service, plane, asked.adopt);
  if ('code' in roles) return [roles];
  const found = await Promise.all([
    inspectForRoles(service, asked, roles),
    inspectHooks(ports, asked.service),
    inspectCatchAll(service, asked, roles.candidate),
  ]);
  return found.flat();
}

export function findService(ports: Pick<Ports, 'serviceNamed'>, name: string): ServicePorts | Fault {
  try {
    return ports.serviceNamed(name);
  } catch (error) {
    if (error instanceof HeadgateError) return { code: 'serviceUnknown', error };
    throw error;
  }
}

/** Who is the baseline, and who the candidate. */
export function findRoles({ route }: ServicePorts, { weights }: PlaneReading, adopt?: string): Roles | Fault {
  const roles = rolesFrom(Object.keys(route.targets), weights, adopt);
  return 'problem' in roles ? { code: 'rolesUnclear', problem: roles.problem } : roles.roles;
}

/** What can be looked at once it is known which backend is which. */
export async function inspectForRoles(
  service: ServicePorts,
  asked: Asked,
  roles: Roles,
  reported: Promise<Readonly<Record<string, Reported>>> = reportedVersions(service),
): Promise<readonly InspectionFinding[]> {
  const findings = await Promise.all([
    asked.candidateComesLater === true ? [] : inspectCandidate(service, asked, roles.candidate, reported),
    inspectMetrics(service, asked, roles.baseline),
    inspectSplits(service, asked, roles),
  ]);
  return findings.flat();
}
