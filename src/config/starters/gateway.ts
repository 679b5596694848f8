import { starterConfig } from './config.js';
import type { Starter } from './starter.js';

/** The data plane that comes with Headgate. */
export const gatewayStarter: Starter = {
  files: (service) => ({
    'headgate.yaml': starterConfig(service, {
      name: 'gateway',
      router: `  gateway: { kind: gateway, instances: ['http://127.0.0.1:8081'], timeout: 2s }`,
      metrics: `  gateway: { kind: gateway, instances: ['http://127.0.0.1:8081'] }`,
      backends: [
        ['blue', `{ url: 'http://127.0.0.1:9001' }`],
        ['green', `{ url: 'http://127.0.0.1:9002' }`],
      ],
    }),
  }),
  next: [],
};
