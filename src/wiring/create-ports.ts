import { dirname } from 'node:path';
import { secretReader } from '../config/resolve-secret.js';
import type { HookConfig } from '../config/adapters/hooks.js';
import type { HeadgateConfig, RouterConfig, ServiceConfig } from '../config/types.js';
import type { ReadSecret } from '../adapters/http/access.js';
import { createHttpProbe } from '../adapters/health/http.js';
import { createCommandHook } from '../adapters/hooks/command/command.js';
import { createSlackHook } from '../adapters/hooks/slack.js';
import { createWebhook } from '../adapters/hooks/webhook.js';
import { createFileJournal } from '../adapters/journal/file.js';
import { createFileObservations } from '../adapters/observations/file.js';
import { createEnvoyRouter } from '../adapters/routers/envoy/router.js';
import { createGatewayRouter } from '../adapters/routers/gateway.js';
import { createHaproxyRouter } from '../adapters/routers/haproxy/router.js';
import type { HealthProbe } from '../ports/health-probe.js';
import type { Hook } from '../ports/hooks.js';
import type { Journal } from '../ports/journal.js';
import type { MetricSource } from '../ports/metric-source.js';
import type { ObservationStore } from '../ports/observation-store.js';
import { UnknownServiceError, type Ports, type ServicePorts } from '../ports/service.js';
import type { TrafficRouter } from '../ports/traffic-router.js';
import { createMetrics } from './create-metrics.js';

/** Where a plan and the configuration say nothing of it. */
const HEALTH_INTERVAL_MS = 30_000;
const HEALTH_THRESHOLD = 0.95;

/**
 * The world as configured: each router and metric source once, shared by the services that name it.
 *
 * @param env where secrets by `env:` are looked up. Default: this process's own.
 */
export function createPorts(config: HeadgateConfig, env?: NodeJS.ProcessEnv): Ports {
  const secrets = secretsOf(config, env);
  const routers = mapValues(config.routers, createRouter);
  const metrics = mapValues(config.metrics, (source, name) => createMetrics(source, name, secrets));
  const probe = createHttpProbe();
  const hooks = mapValues(config.hooks, (hook) => createHook(hook, secrets, env));
  const services = mapValues(config.services, (service, name) => servicePorts(name, service, routers, metrics, probe));
  return {
    journal: createJournal(config),
    observations: createObservations(config),
    services: Object.keys(services),
    hooks,
    ...(config.temporal.ui === undefined ? {} : { temporalUi: config.temporal.ui }),
    tier: { tier: config.defaults.tier, tiers: config.tiers },
    serviceNamed(name) {
      const service = Object.hasOwn(services, name) ? services[name] : undefined;
      if (service === undefined) throw new UnknownServiceError(name, Object.keys(services));
      return service;
    },
  };
}

/** The record alone, for those who only read it. */
export function createJournal({ journal }: HeadgateConfig): Journal {
  return createFileJournal({ directory: journal.path });
}

/** What verdicts were based on, for those who only read it. */
export function createObservations({ observations }: HeadgateConfig): ObservationStore {
  return createFileObservations({ directory: observations.path });
}

function createRouter(router: RouterConfig): TrafficRouter {
  switch (router.kind) {
    case 'gateway':
      return createGatewayRouter(router);
    case 'envoy':
      return createEnvoyRouter(router);
    case 'haproxy':
      return createHaproxyRouter(router);
  }
}

/** @param env what commands may see of, as far as they are allowed to */
function createHook(hook: HookConfig, secrets: ReadSecret, env: NodeJS.ProcessEnv = process.env): Hook {
  switch (hook.type) {
    case 'webhook':
      return createWebhook(hook, secrets);
    case 'command':
      return createCommandHook(hook, env);
    case 'slack':
      return createSlackHook(hook, secrets);
  }
}

function servicePorts(
  name: string,
  service: ServiceConfig,
  routers: Readonly<Record<string, TrafficRouter>>,
  metrics: Readonly<Record<string, MetricSource>>,
  probe: HealthProbe,
): ServicePorts {
  const { health } = service;
  return {
    service: name,
    route: { service: service.route, targets: mapValues(service.backends, ({ target }) => target) },
    router: named(routers, service.router),
    metrics: named(metrics, service.metrics),
    sources: metrics,
    probe,
    urls: Object.fromEntries(
      Object.entries(service.backends).flatMap(([slot, { url }]) => (url === undefined ? [] : [[slot, url]])),
    ),
    ...(health?.version === undefined ? {} : { version: health.version }),
    ...(service.hooks === undefined ? {} : { hooks: service.hooks }),
    ...(service.unverifiedVersion === undefined ? {} : { unverifiedVersion: service.unverifiedVersion }),
    ...(health === undefined || health.endpoints.length === 0
      ? {}
      : {
          health: {
            endpoints: health.endpoints,
            timeoutMs: health.timeoutMs,
            intervalMs: HEALTH_INTERVAL_MS,
            successThreshold: HEALTH_THRESHOLD,
          },
        }),
  };
}

function named<T>(all: Readonly<Record<string, T>>, name: string): T {
  const found = all[name];
  if (found === undefined) throw new Error(`the configuration was not validated: nothing is named ${name}`);
  return found;
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

/** Relative files are looked for beside the configuration. */
function secretsOf({ file }: Pick<HeadgateConfig, 'file'>, env: NodeJS.ProcessEnv = process.env): ReadSecret {
  return secretReader(env, file === null ? process.cwd() : dirname(file));
}
