import { createServer, type Server } from 'node:http';
import { startGateway } from '../../src/gateway/gateway.js';
import { listen } from '../../src/gateway/http-server.js';
import { partConfig, partHears, partReady } from '../lib/forked.js';
import { BASELINE, CANDIDATE, floorName, hostOf, serviceName, SHARE_PERCENT } from './settings.js';

/** The data plane of a run, with two backends that all services share. */
export interface GatewayReady {
  readonly adminUrl: string;
  readonly trafficUrl: string;
}

export interface GatewayConfig {
  readonly services: number;
  readonly floors: number;
}

/** Told while it runs. */
export interface GatewayMessage {
  readonly candidateFails: boolean;
}

const { services, floors } = partConfig() as GatewayConfig;
let candidateFails = false;
partHears((message) => {
  ({ candidateFails } = message as GatewayMessage);
});

const [blue, green] = await Promise.all([startBackend(() => 200), startBackend(() => (candidateFails ? 500 : 200))]);
const backends = { [BASELINE]: { url: blue }, [CANDIDATE]: { url: green } };
const route = (name: string, percent: number) => ({
  name,
  match: { host: hostOf(name) },
  sticky: { header: 'x-user' },
  backends,
  initialWeights: [
    { backend: CANDIDATE, percent },
    { backend: BASELINE, percent: 100 - percent },
  ],
});
const gateway = await startGateway({
  routes: [
    ...Array.from({ length: services }, (_, index) => route(serviceName(index), 0)),
    ...Array.from({ length: floors }, (_, index) => route(floorName(index), SHARE_PERCENT)),
  ],
});
partReady({ adminUrl: gateway.adminUrl, trafficUrl: gateway.trafficUrl } satisfies GatewayReady);

async function startBackend(status: () => number): Promise<string> {
  const server: Server = createServer((request, response) => {
    request.resume();
    response.writeHead(status()).end('ok');
  });
  return listen(server, '127.0.0.1', 0);
}
