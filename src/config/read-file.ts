import { quote, type Flaw } from '../spec/reading/flaw.js';
import { inlineSecrets, withSecretFlaws } from '../spec/reading/inline-secrets.js';
import { readLeniently } from '../spec/reading/lenient.js';
import { isAtOrBelow } from '../spec/reading/path.js';
import { fromTheTop, type PlacedFlaw } from '../spec/reading/refusal.js';
import { readSource, type SourceDocument } from '../spec/reading/source.js';
import { envoyRouter } from './adapters/envoy.js';
import { flawsOfHaproxyNames } from './adapters/haproxy-names.js';
import { haproxyRouter, warningsOfHaproxy } from './adapters/haproxy.js';
import { DEFAULT_INSTANCE_TIMEOUT_MS } from './defaults.js';
import { configFileSchema, type ConfigFile } from './file-schema.js';
import { buildHook, type HookConfig } from './adapters/hooks.js';
import { warningsOfHooks } from './hooks.js';
import { buildMetrics, warningsOfMetrics } from './metrics.js';
import { buildServices } from './services.js';
import type { GatewayConfig, MetricsConfig, RouterConfig, ServiceConfig } from './types.js';

/** `headgate.yaml`, read: what it says, and what is wrong with it. */
export interface ReadFile {
  readonly written: ConfigFile;
  readonly routers: Readonly<Record<string, RouterConfig>>;
  readonly metrics: Readonly<Record<string, MetricsConfig>>;
  readonly services: Readonly<Record<string, ServiceConfig>>;
  readonly hooks: Readonly<Record<string, HookConfig>>;
  readonly flaws: readonly PlacedFlaw[];
  readonly warnings: readonly string[];
}

export const EMPTY_FILE: ReadFile = {
  written: {},
  routers: {},
  metrics: {},
  services: {},
  hooks: {},
  flaws: [],
  warnings: [],
};

/** Reads a configuration; `file` is what people call it, `folder` what its paths are relative to. */
export function readConfigFile(text: string, file: string, folder: string): ReadFile {
  const [document, second] = readSource(text, file);
  if (document === undefined) return EMPTY_FILE;
  const extra = second === undefined ? [] : [secondDocument(second)];
  if (document.value === undefined) return { ...EMPTY_FILE, flaws: [...document.flaws, ...extra] };
  const read = readValue(document.value, folder);
  const placed = read.flaws.map((flaw) => ({ ...flaw, at: document.positionOf(flaw.path, flaw.onKey) }));
  return { ...read, flaws: fromTheTop([...document.flaws, ...placed, ...extra]) };
}

function readValue(value: unknown, folder: string): ReadFile {
  const reading = readLeniently(configFileSchema, value);
  const written = reading.value ?? {};
  const metrics = buildMetrics(written.metrics);
  const hooks = mapValues(written.hooks, (hook) => buildHook(hook, folder));
  const built = buildServices(written.services ?? {}, {
    routers: namesUnder(value, 'routers'),
    metrics: namesUnder(value, 'metrics').filter((name) => metrics[name]?.kind !== 'http'),
    valuesOnly: Object.keys(metrics).filter((name) => metrics[name]?.kind === 'http'),
    hooks: { names: namesUnder(value, 'hooks'), hooks },
  });
  const routers = mapValues(written.routers, (router) => routerOf(router, folder));
  const found = [...built.flaws, ...flawsOfHaproxyNames(built.services, routers)];
  const later = found.filter((flaw) => !isEcho(flaw, reading.flaws));
  return {
    written,
    routers,
    metrics,
    services: built.services,
    hooks,
    flaws: withSecretFlaws([...reading.flaws, ...later], inlineSecrets(value)),
    warnings: [
      ...warningsOfMetrics(metrics),
      ...built.warnings,
      ...warningsOfHaproxy(written.routers ?? {}),
      ...warningsOfHooks(hooks, built.services),
    ],
  };
}

/** Also a router that is wrong in itself is there: a service that names it makes no second mistake. */
function namesUnder(value: unknown, key: 'routers' | 'metrics' | 'hooks'): string[] {
  const section = (value as Readonly<Record<string, unknown>> | null)?.[key];
  return typeof section === 'object' && section !== null ? Object.keys(section) : [];
}

/** Whether `flaw` only follows from something that is reported already, there or below. */
function isEcho(flaw: Flaw, reported: readonly Flaw[]): boolean {
  return reported.some(({ path }) => isAtOrBelow(flaw.path, path) || isAtOrBelow(path, flaw.path));
}

type WrittenRouter = NonNullable<ConfigFile['routers']>[string];

function routerOf(written: WrittenRouter, folder: string): RouterConfig {
  switch (written.kind) {
    case 'gateway':
      return gatewayOf(written);
    case 'envoy':
      return envoyRouter(written, folder);
    case 'haproxy':
      return haproxyRouter(written, folder);
  }
}

function gatewayOf({ timeout, ...rest }: Extract<WrittenRouter, { kind: 'gateway' }>): GatewayConfig {
  return { ...rest, timeoutMs: timeout ?? DEFAULT_INSTANCE_TIMEOUT_MS };
}

function mapValues<A, B>(record: Readonly<Record<string, A>> | undefined, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [key, map(value)]));
}

function secondDocument(document: SourceDocument): PlacedFlaw {
  return {
    rule: 'config.documents',
    path: [],
    message: 'A configuration is one document',
    expected: 'one document',
    got: `another one: ${quote(document.value)}`,
    remedy: 'Specifications go into files of their own',
    at: document.positionOf([]),
  };
}
