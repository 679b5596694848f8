import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEnvoyRouter } from '../adapters/routers/envoy/router.js';
import { obtainProgram } from './binaries/obtain.js';
import { ENVOY } from './binaries/programs.js';
import { devConfigFile, type DevService } from './config-file.js';
import { USER_COOKIE, type DataPlane, type Entrance } from './gateway/plane.js';
import { startEnvoy, writeEnvoyRoutes, type RunningEnvoy } from './envoy.js';
import { freePort } from './free-port.js';
import type { Reaper } from './process/reaper.js';
import type { Releasers } from './releasers.js';

/** A service on an Envoy of its own. */
export interface EnvoyService {
  readonly kind: 'envoy';
  readonly service: DevService;
  /** Used when nobody has it. */
  readonly trafficPort: number;
  /** How fine its counters are looked at. */
  readonly grainMs: number;
}

export interface EnvoyPlaneOptions {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  readonly reaper: Reaper;
}

const TIMEOUT_MS = 2000;

/** Obtains an Envoy, starts it, and writes the configuration that names it. */
export async function startEnvoyPlane(
  { service, trafficPort, grainMs }: EnvoyService,
  { directory, env, say, reaper }: EnvoyPlaneOptions,
  releasers: Releasers,
): Promise<DataPlane> {
  const { path: executable } = await obtainProgram(ENVOY, { env, onProgress: say });
  const folder = join(directory, 'routes');
  const routes = {
    service: service.name,
    sticky: { cookie: USER_COOKIE },
    clusters: service.backends,
    folder,
    file: join(folder, 'routes.yaml'),
  };
  await writeEnvoyRoutes(routes);
  const envoy = await startEnvoy({
    executable,
    directory: join(directory, 'envoy'),
    routes,
    trafficPort: await freePort(trafficPort),
    statsFlushMs: grainMs,
    reaper,
  });
  releasers.add('Envoy', envoy, (one) => one.stop());
  const { adminUrl } = envoy;
  const configFile = join(directory, 'headgate.yaml');
  const config = devConfigFile({
    name: 'edge',
    router: { kind: 'envoy', routes: routes.file, instances: [adminUrl] },
    metrics: { kind: 'envoy', instances: [adminUrl], interval: `${String(grainMs)}ms` },
    journalDirectory: join(directory, 'journal'),
    observationsDirectory: join(directory, 'observations'),
    services: [service],
  });
  await writeFile(configFile, config);
  return {
    gateways: [entranceOf(envoy, service, routes.file)],
    configFile,
    isOurs: true,
    directory,
    outlivesUs: () => undefined,
  };
}

function entranceOf({ trafficUrl, adminUrl }: RunningEnvoy, service: DevService, routes: string): Entrance {
  const router = createEnvoyRouter({ instances: [{ admin: adminUrl, routes }], timeoutMs: TIMEOUT_MS });
  const targets = Object.fromEntries(Object.keys(service.backends).map((slot) => [slot, slot]));
  return {
    trafficUrl,
    adminUrl,
    routesUrl: `${adminUrl}/config_dump?resource=dynamic_route_configs`,
    async readWeights(name) {
      const [answer] = await router.readWeights({ service: name, targets });
      if (answer === undefined || 'unreachable' in answer) throw new Error(answer?.unreachable ?? 'there is no Envoy');
      return answer.weights;
    },
  };
}
