import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AdapterUnavailableError } from '../../../domain/errors.js';
import { describeWeights } from '../../../domain/traffic/weights.js';
import type { Fault } from '../../../inspection/finding.js';
import { countsOf } from '../../../inspection/metrics.js';
import { askPatiently } from '../../../inspection/patience.js';
import { inspectPlane } from '../../../inspection/plane.js';
import { wordsOf } from '../../../inspection/words.js';
import type { Context } from '../../context.js';
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
  return Promise.all([lookAtRouter(service), lookAtMetrics(service, nowMs)]);
}

/** A hook that cannot work says no yes, and tells nobody. */
export async function lookAtHooks({ session }: Context): Promise<DoctorCheck[]> {
  const { hooks } = await session.ports();
  const looks = Object.entries(hooks ?? {}).map(async ([name, hook]) => {
    const obstacle = await hook.findObstacle();
    if (obstacle === null) return well(`hook ${name}`, 'nothing is known to be in its way');
    const { message, remedy } = obstacle;
    return { name: `hook ${name}`, ok: false, message, remedy, commands: [] };
  });
  return Promise.all(looks);
}

async function lookAtRouter(service: ServicePorts): Promise<DoctorCheck> {
  const { instances, faults } = await inspectPlane(service);
  const does = instances.flatMap((one) =>
    'weights' in one ? [`${one.instance} does ${describeWeights(one.weights)}`] : [],
  );
  return checked(`router of ${service.service}`, faults, does.join('; '));
}

async function lookAtMetrics(service: ServicePorts, nowMs: number): Promise<DoctorCheck> {
  const name = `metrics of ${service.service}`;
  const backends = Object.keys(service.route.targets);
  const past = { toMs: nowMs, steps: 1, stepMs: METRICS_WINDOW_MS };
  const counts = await askPatiently(() => Promise.all(backends.map((backend) => countsOf(service, backend, past))));
  if (counts instanceof AdapterUnavailableError)
    return checked(name, [{ code: 'countsUnavailable', error: counts }], '');
  const words = counts.map(([sample = 'no-data'], index) => {
    const count = sample === 'no-data' ? 'no data' : `${String(sample.requests)} requests`;
    return `${backends[index] ?? ''} ${count}`;
  });
  return well(name, `${words.join(', ')} in the last minute`);
}

function checked(name: string, faults: readonly Fault[], message: string): DoctorCheck {
  const [first, ...more] = faults.map(wordsOf);
  if (first === undefined) return well(name, message);
  const all = [first, ...more].map(({ message: said, got }) => (got === undefined ? said : `${said}: ${got}`));
  return { name, ok: false, message: all.join('; '), remedy: first.remedy, commands: [] };
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
