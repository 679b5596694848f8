import { envoyStarter } from './envoy-starter.js';
import { gatewayStarter } from './gateway.js';
import { haproxyStarter } from './haproxy-starter.js';
import type { Starter } from './starter.js';

/** By kind of router, in the order in which help names them; the first is the default. */
export const STARTERS = {
  gateway: gatewayStarter,
  envoy: envoyStarter,
  haproxy: haproxyStarter,
} as const satisfies Readonly<Record<string, Starter>>;

export type StarterKind = keyof typeof STARTERS;

export const STARTER_KINDS = Object.keys(STARTERS) as readonly StarterKind[];
