import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HeadgateError } from '../../../domain/errors.js';
import { describeWeights } from '../../../domain/traffic/weights.js';
import type { Context } from '../../context.js';
import { describeError } from '../../failure.js';
import type { DoctorCheck } from '../../output/documents.js';
import type { Ports } from '../../session.js';

type ServicePorts = ReturnType<Ports['serviceNamed']>;

/** So much of the past is asked for, to see that a metric source answers. */
const METRICS_WINDOW_MS = 60_000;

export function well(name: string, message: string): DoctorCheck {
  return { name, ok: true, message, remedy: null, commands: [] };
}

export async function lookAtConfig({ session }: Context): Promise<DoctorCheck[]> {
  const { file, services, warnings } = await session.config();
  const names = Object.keys(services);
  const found = file ?? 'no headgate.yaml; defaults and the environment';
  const check: DoctorCheck =
    names.length > 0
      ? well('configuration', `${found}, services: ${names.join(', ')}`)
      : {
          name: 'configuration',
          ok: false,
          message: `${found}, no service is configured`,
          remedy: 'Name the services and where they live',
          commands: ['headgate init'],
        };
  return [check, ...warnings.map((warning) => well('configuration', `warning: ${warning}`))];
}

export async function lookAtServices({ session, nowMs }: Context): Promise<DoctorCheck[]> {
  const [{ services }, ports] = await Promise.all([session.config(), session.ports()]);
  const looks = Object.keys(services).map((name) => lookAtService(ports.serviceNamed(name), nowMs()));
  return (await Promise.all(looks)).flat();
}

async function lookAtService(service: ServicePorts, nowMs: number): Promise<DoctorCheck[]> {
  return Promise.all([
    looked(`router of ${service.service}`, 'Start it, or correct its address under routers: in headgate.yaml', () =>
      readRouter(service),
    ),
    looked(`metrics of ${service.service}`, 'Start it, or correct its address under metrics: in headgate.yaml', () =>
      readMetrics(service, nowMs),
    ),
  ]);
}

async function readRouter({ router, route }: ServicePorts): Promise<string> {
  const instances = await router.readWeights(route);
  const lost = instances.flatMap((one) => ('unreachable' in one ? [`${one.instance}: ${one.unreachable}`] : []));
  if (lost.length > 0) throw new Error(lost.join('; '));
  const words = instances.map((one) =>
    'weights' in one ? `${one.instance} does ${describeWeights(one.weights)}` : '',
  );
  return words.join('; ');
}

async function readMetrics({ metrics, route }: ServicePorts, nowMs: number): Promise<string> {
  const range = { fromMs: nowMs - METRICS_WINDOW_MS, toMs: nowMs, stepMs: METRICS_WINDOW_MS };
  const counts = await Promise.all(
    Object.entries(route.targets).map(async ([backend, target]) => {
      const [sample = 'no-data'] = await metrics.samples({ service: route.service, backend, target, ...range });
      return `${backend} ${sample === 'no-data' ? 'no data' : `${String(sample.requests)} requests`}`;
    }),
  );
  return `${counts.join(', ')} in the last minute`;
}

async function looked(name: string, remedy: string, look: () => Promise<string>): Promise<DoctorCheck> {
  try {
    return well(name, await look());
  } catch (error) {
    const { message, got } = describeError(error);
    const own = error instanceof HeadgateError ? error.remedy : undefined;
    return {
      name,
      ok: false,
      message: got === null ? message : `${message}: ${got}`,
      remedy: own ?? remedy,
      commands: [],
    };
  }
}

export async function lookAtJournal({ session }: Context): Promise<DoctorCheck[]> {
  const { path } = (await session.config()).journal;
  const folder = await firstThatExists(path);
  try {
    await access(folder, constants.W_OK);
    return [well('journal', folder === path ? `${path} can be written` : `${path} will be made`)];
  } catch {
    return [
      {
        name: 'journal',
        ok: false,
        message: `${folder} cannot be written`,
        remedy: `Let the worker's user write there, or set journal.path in headgate.yaml`,
        commands: [],
      },
    ];
  }
}

async function firstThatExists(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  const parent = dirname(path);
  return exists || parent === path ? path : firstThatExists(parent);
}
