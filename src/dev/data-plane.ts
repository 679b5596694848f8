import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import type { HeadgateConfig, ServiceConfig } from '../config/types.js';
import type { Weights } from '../domain/rollout/weights.js';
import { startGateway, type Gateway } from '../gateway/gateway.js';
import type { GatewayOptions, RouteInput } from '../gateway/options.js';
import { devConfigFile, type DevService } from './config-file.js';
import { freePort } from './free-port.js';
import type { Releasers } from './releasers.js';

/** Services without a configuration of their own: one is written for them. */
export interface OwnServices {
  readonly kind: 'own';
  readonly services: readonly DevService[];
  readonly trafficPort: number;
  readonly adminPort: number;
  /** Milliseconds per cell of the gateway's counters. Default the gateway's own. */
  readonly grainMs?: number;
}

/** Services as a `headgate.yaml` names them. */
export interface ConfiguredServices {
  readonly kind: 'configured';
  readonly config: HeadgateConfig;
  readonly configFile: string;
  readonly trafficPort: number;
}

export interface DataPlaneOptions {
  readonly services: OwnServices | ConfiguredServices;
  readonly directory: string;
  /** Whether weights are there again after a restart. */
  readonly persistent: boolean;
  readonly say: (line: string) => void;
}

/** Where users come in, and where it can be seen how they are split. */
export interface Entrance {
  readonly trafficUrl: string;
  readonly adminUrl: string;
  /** What a person opens to see the routes. */
  readonly routesUrl: string;
  /** How a service's traffic is split now, by slot. */
  readWeights(service: string): Promise<Weights>;
}

/** The gateways, or what stands in their place, that were started, and the configuration that names them. */
export interface DataPlane {
  readonly gateways: readonly Entrance[];
  readonly configFile: string;
  /** Whether the configuration was written here, so that commands must be pointed to it. */
  readonly isOurs: boolean;
  readonly directory: string;
}

/** By which the gateway of a development environment tells users apart. */
export const USER_COOKIE = 'hg_user';

/** How long users' requests may take to end when the gateway is asked to. */
const DRAIN_MS = 2000;

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Starts a gateway for every one that is named on this machine and is not there yet. */
export async function startDataPlane(options: DataPlaneOptions, releasers: Releasers): Promise<DataPlane> {
  const { services } = options;
  return services.kind === 'own'
    ? startOwn(services, options, releasers)
    : startConfigured(services, options, releasers);
}

async function startOwn(
  { services, trafficPort, adminPort, grainMs }: OwnServices,
  { directory, persistent }: DataPlaneOptions,
  releasers: Releasers,
): Promise<DataPlane> {
  const options = {
    routes: services.map(({ name, backends }) => routeOf(name, backends, services.length === 1)),
    ...(persistent ? { stateFile: join(directory, 'gateway.json') } : {}),
    ...(grainMs === undefined ? {} : { ring: { grainMs } }),
  };
  const preferred = { trafficPort: await freePort(trafficPort), adminPort: await freePort(adminPort) };
  const gateway = await start({ ...options, ...preferred }, releasers).catch((error: unknown) => {
    if (!isPortTaken(error)) throw error;
    // Somebody has taken one in the very moment.
    return start(options, releasers);
  });
  const configFile = join(directory, 'headgate.yaml');
  const kept = { journalDirectory: join(directory, 'journal'), observationsDirectory: join(directory, 'observations') };
  const instances = { kind: 'gateway', instances: [gateway.adminUrl] };
  const parts = { name: 'gateway', router: instances, metrics: instances };
  await writeFile(configFile, devConfigFile({ ...parts, ...kept, services }));
  return { gateways: [entranceOf(gateway)], configFile, isOurs: true, directory };
}

async function startConfigured(
  { config, configFile, trafficPort }: ConfiguredServices,
  { directory, persistent, say }: DataPlaneOptions,
  releasers: Releasers,
): Promise<DataPlane> {
  const gateways: Entrance[] = [];
  for (const [name, router] of Object.entries(config.routers)) {
    // Others run already, or are started by those who know how.
    if (router.kind !== 'gateway') continue;
    const services = Object.values(config.services).filter((service) => service.router === name);
    for (const instance of router.instances) {
      const url = new URL(instance);
      if (!LOOPBACK.includes(url.hostname)) continue;
      const adminPort = Number(url.port);
      if ((await freePort(adminPort)) !== adminPort) {
        say(`${instance} is in use: taken for the gateway that ${configFile} names`);
        continue;
      }
      const gateway = await start(
        {
          trafficPort: await freePort(gateways.length === 0 ? trafficPort : 0),
          adminPort,
          routes: services.map((service) => routeOf(service.route, urlsOf(service), services.length === 1)),
          ...(persistent ? { stateFile: join(directory, `gateway-${url.port}.json`) } : {}),
        },
        releasers,
      );
      gateways.push(entranceOf(gateway));
    }
  }
  return { gateways, configFile, isOurs: false, directory };
}

async function start(options: GatewayOptions, releasers: Releasers): Promise<Gateway> {
  const gateway = await startGateway({ ...options, drainMs: DRAIN_MS });
  return releasers.add('the gateway', gateway, (one) => one.close());
}

function entranceOf({ trafficUrl, adminUrl }: Gateway): Entrance {
  return {
    trafficUrl,
    adminUrl,
    routesUrl: `${adminUrl}/routes`,
    async readWeights(service) {
      const { body } = await request(`${adminUrl}/routes/${encodeURIComponent(service)}/weights`);
      return ((await body.json()) as { weights: Weights }).weights;
    },
  };
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/** One service gets every request; several are told apart by their path, `/NAME/…`. */
function routeOf(name: string, urls: Readonly<Record<string, string>>, alone: boolean): RouteInput {
  return {
    name,
    ...(alone ? {} : { match: { pathPrefix: `/${name}` } }),
    sticky: { cookie: USER_COOKIE },
    backends: Object.fromEntries(Object.entries(urls).map(([target, url]) => [target, { url }])),
  };
}

/** As the gateway names them; a backend without a URL cannot be sent to. */
function urlsOf({ backends }: ServiceConfig): Record<string, string> {
  return Object.fromEntries(
    Object.values(backends).flatMap(({ target, url }) => (url === undefined ? [] : [[target, url]])),
  );
}
