import { startGateway } from '../../../src/gateway/gateway.js';
import { partConfig, partReady } from '../../lib/forked.js';
import type { BackendsReady } from './backends-part.js';
import { GRAIN_MS, USER_HEADER } from './plane.js';

/** A real gateway in a process of its own. */
export interface GatewayConfig {
  readonly urls: BackendsReady['urls'];
  readonly stateFile: string;
}

export interface GatewayReady {
  readonly adminUrl: string;
  readonly trafficUrl: string;
}

const { urls, stateFile } = partConfig() as GatewayConfig;
const gateway = await startGateway({
  stateFile,
  ring: { grainMs: GRAIN_MS },
  routes: Object.entries(urls).map(([name, { blue, green }]) => ({
    name,
    match: { pathPrefix: `/${name}` },
    sticky: { header: USER_HEADER },
    backends: { blue: { url: blue }, green: { url: green } },
    initialWeights: [
      { backend: 'blue', percent: 100 },
      { backend: 'green', percent: 0 },
    ],
  })),
});
partReady({ adminUrl: gateway.adminUrl, trafficUrl: gateway.trafficUrl } satisfies GatewayReady);
