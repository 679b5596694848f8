import { join } from 'node:path';
import type { Reaper } from '../../../src/dev/process/reaper.js';
import { startEnvoy } from '../../../src/dev/envoy.js';
import type { Releasers } from '../../../src/dev/releasers.js';
import { writeManyRoutes } from '../../envoy/routes.js';
import { findEnvoy } from '../../lib/find-temporal.js';
import { forkPart } from '../../lib/forked.js';
import type { ChaosRouter } from '../schedule/schedule.js';
import type { BackendsReady } from './backends-part.js';
import type { PlaneConfig } from './configuration.js';
import type { GatewayReady } from './gateway-part.js';
import { clusterOf, SLOTS, USER_HEADER } from './plane.js';

/** A running data plane. */
export interface ChaosPlane {
  readonly adminUrl: string;
  readonly trafficUrl: string;
  readonly config: PlaneConfig;
}

export interface PlaneOptions {
  readonly router: ChaosRouter;
  readonly urls: BackendsReady['urls'];
  readonly directory: string;
  readonly reaper: Reaper;
}

export async function startPlane(options: PlaneOptions, releasers: Releasers): Promise<ChaosPlane> {
  return options.router === 'gateway' ? startGatewayPlane(options, releasers) : startEnvoyPlane(options, releasers);
}

async function startGatewayPlane({ urls, directory }: PlaneOptions, releasers: Releasers): Promise<ChaosPlane> {
  const gateway = await forkPart<GatewayReady>(new URL('./gateway-part.js', import.meta.url), {
    urls,
    stateFile: join(directory, 'gateway.json'),
  });
  releasers.add('the gateway', gateway, (part) => part.kill());
  return { ...gateway.ready, config: { kind: 'gateway' } };
}

async function startEnvoyPlane({ urls, directory, reaper }: PlaneOptions, releasers: Releasers): Promise<ChaosPlane> {
  const executable = await findEnvoy();
  const folder = join(directory, 'routes');
  const file = join(folder, 'routes.json');
  const services = Object.keys(urls);
  await writeManyRoutes(
    folder,
    file,
    services.map((name) => ({
      name,
      candidate: clusterOf(name, 'green'),
      baseline: clusterOf(name, 'blue'),
      candidatePercent: 0,
    })),
  );
  const clusters = Object.fromEntries(
    Object.entries(urls).flatMap(([service, ofSlot]) => SLOTS.map((slot) => [clusterOf(service, slot), ofSlot[slot]])),
  );
  const routes = { service: 'all', sticky: { header: USER_HEADER }, clusters, folder, file };
  const envoy = await startEnvoy({ executable, directory: join(directory, 'envoy'), routes, reaper });
  releasers.add('Envoy', envoy, (one) => one.stop());
  return { adminUrl: envoy.adminUrl, trafficUrl: envoy.trafficUrl, config: { kind: 'envoy', routes: file } };
}
