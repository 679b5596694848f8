import { starterConfig } from './config.js';
import { envoyStarter } from './envoy-starter.js';
import { haproxyConfig, haproxyMap } from './haproxy.js';
import type { Starter } from './starter.js';

/** The data plane that comes with Headgate. */
const gatewayStarter: Starter = {
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

/** An HAProxy of one's own, on this machine. */
const haproxyStarter: Starter = {
  files: (service) => ({
    'headgate.yaml': starterConfig(service, {
      name: 'edge',
      router: `  # The share is set through the runtime socket, and kept in the file of the map for the next reload.
  edge: { kind: haproxy, map: share.map, instances: [{ socket: ./haproxy.sock }], timeout: 2s }`,
      metrics: `  # The Prometheus that scrapes http://127.0.0.1:8404/metrics, where haproxy.cfg serves its counts.
  edge: { kind: prometheus, url: 'http://127.0.0.1:9090', template: haproxy }`,
      backends: [
        ['blue', `{ url: 'http://127.0.0.1:9001' } # target: the backend in haproxy.cfg, where it has another name`],
        ['green', `{ url: 'http://127.0.0.1:9002' }`],
      ],
    }),
    'haproxy.cfg': haproxyConfig({ service }),
    'share.map': haproxyMap(service),
  }),
  countsLatencies: false,
  next: ['haproxy -W -f haproxy.cfg'],
};

/** By kind of router, in the order in which help names them; the first is the default. */
export const STARTERS = {
  gateway: gatewayStarter,
  envoy: envoyStarter,
  haproxy: haproxyStarter,
} as const satisfies Readonly<Record<string, Starter>>;

export type StarterKind = keyof typeof STARTERS;

export const STARTER_KINDS = Object.keys(STARTERS) as readonly StarterKind[];
