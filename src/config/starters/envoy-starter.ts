import { starterConfig } from './config.js';
import { envoyBootstrap, envoyRoutes } from './envoy.js';
import type { Starter } from './starter.js';

/** An Envoy of one's own, on this machine. */
export const envoyStarter: Starter = {
  files(service) {
    const files = {
      service,
      clusters: {
        [`${service}-blue`]: { host: '127.0.0.1', port: 9001 },
        [`${service}-green`]: { host: '127.0.0.1', port: 9002 },
      },
      sticky: { cookie: 'hg_user' },
      listener: { host: '0.0.0.0', port: 8080 },
      admin: { host: '127.0.0.1', port: 9901 },
      routesFile: 'envoy/routes/routes.yaml',
      routesFolder: 'envoy/routes',
    };
    return {
      'headgate.yaml': starterConfig(service, {
        name: 'edge',
        router: `  # Weights are written to the RDS file, and read back from every admin API.
  edge: { kind: envoy, routes: envoy/routes/routes.yaml, instances: ['http://127.0.0.1:9901'], timeout: 2s }`,
        metrics: `  # Envoy's own counters, remembered by the worker alone: to begin with. In production, use prometheus.
  edge: { kind: envoy, instances: ['http://127.0.0.1:9901'], interval: 1s }`,
        backends: [
          ['blue', `{ target: ${service}-blue, url: 'http://127.0.0.1:9001' }`],
          ['green', `{ target: ${service}-green, url: 'http://127.0.0.1:9002' }`],
        ],
      }),
      'envoy/envoy.yaml': `# Start it in the folder of headgate.yaml: paths are relative to it.\n${envoyBootstrap(files)}`,
      'envoy/routes/routes.yaml': envoyRoutes(files),
    };
  },
  next: ['envoy -c envoy/envoy.yaml'],
};
