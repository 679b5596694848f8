import { problemsOfEndpoints } from '../domain/health/health-rules.js';
import type { Flaw } from '../spec/reading/flaw.js';
import { endpointsFrom } from '../spec/health/endpoint-schema.js';
import { parsePath } from '../spec/reading/path.js';
import { suggestion } from '../spec/reading/similar.js';
import { buildServiceHooks, flawsOfServiceHooks, type KnownHooks } from './hooks.js';
import { DEFAULT_PROBE_TIMEOUT_MS } from './defaults.js';
import type { ConfigFile } from './file-schema.js';
import type { BackendConfig, ServiceConfig, ServiceHealthConfig } from './types.js';

type WrittenService = NonNullable<ConfigFile['services']>[string];

/** What services may name. */
export interface Known {
  readonly routers: readonly string[];
  readonly metrics: readonly string[];
  /** Names under metrics that give single values and count nothing. */
  readonly valuesOnly: readonly string[];
  readonly hooks: KnownHooks;
}

export interface BuiltServices {
  readonly services: Readonly<Record<string, ServiceConfig>>;
  readonly flaws: readonly Flaw[];
  readonly warnings: readonly string[];
}

/** How many slots a rollout has roles for. */
const SLOTS = 2;

export function buildServices(written: NonNullable<ConfigFile['services']>, known: Known): BuiltServices {
  const names = Object.keys(written);
  const built = names.map((name) => buildService(name, written[name] ?? { backends: {} }, known));
  return {
    services: Object.fromEntries(built.map(({ name, service }) => [name, service])),
    flaws: built.flatMap(({ flaws }) => flaws),
    warnings: built.flatMap(({ warnings }) => warnings),
  };
}

function buildService(
  name: string,
  written: WrittenService,
  known: Known,
): { name: string; service: ServiceConfig; flaws: Flaw[]; warnings: string[] } {
  const path = ['services', name];
  const router = reference('router', written.router, known.routers, path);
  const metrics = countingSource(written.metrics, known, path);
  const backends = Object.fromEntries(
    Object.entries(written.backends).map(([slot, backend]) => [slot, buildBackend(slot, backend)]),
  );
  const hooks = buildServiceHooks(written.hooks ?? {});
  const service = {
    router: router.name,
    metrics: metrics.name,
    route: written.route ?? name,
    backends,
    ...(written.unverifiedVersion === undefined ? {} : { unverifiedVersion: written.unverifiedVersion }),
    ...(written.health === undefined ? {} : { health: buildHealth(written.health) }),
    ...(Object.keys(hooks).length === 0 ? {} : { hooks }),
  };
  const flaws = [
    ...router.flaws,
    ...metrics.flaws,
    ...flawsOfBackends(backends, [...path, 'backends']),
    ...flawsOfHealth(service.health, [...path, 'health']),
    ...flawsOfServiceHooks(hooks, known.hooks, [...path, 'hooks']),
  ];
  return { name, service, flaws, warnings: warningsOf(name, service) };
}

/** A name of something configured elsewhere in the file; left out, the only one there is. */
function reference(
  key: 'router' | 'metrics',
  written: string | undefined,
  known: readonly string[],
  service: readonly string[],
): { name: string; flaws: Flaw[] } {
  const [only, ...others] = known;
  if (written === undefined && only !== undefined && others.length === 0) return { name: only, flaws: [] };
  if (written !== undefined && known.includes(written)) return { name: written, flaws: [] };
  const section = key === 'router' ? 'routers' : 'metrics';
  const remedy =
    known.length === 0
      ? `Configure one under ${section}`
      : written === undefined
        ? `Name one of ${known.join(', ')}`
        : suggestion(written, known);
  const flaw = {
    rule: `services.${key}`,
    path: [...service, key],
    message:
      written === undefined
        ? `Which of the ${section} does this service use?`
        : `There is no such name under ${section}`,
    expected: known.length === 0 ? `a name under ${section}, which is empty` : known.join(' or '),
    got: written === undefined ? 'nothing' : JSON.stringify(written),
    remedy,
  };
  return { name: '', flaws: [flaw] };
}

function countingSource(
  written: string | undefined,
  known: Known,
  service: readonly string[],
): { name: string; flaws: Flaw[] } {
  if (written === undefined || !known.valuesOnly.includes(written))
    return reference('metrics', written, known.metrics, service);
  const flaw = {
    rule: 'services.metrics',
    path: [...service, 'metrics'],
    message: 'This source gives single values and counts no requests',
    expected: known.metrics.join(' or ') || 'a source that counts, e.g. of kind prometheus',
    got: JSON.stringify(written),
    remedy: `Name it as source: ${written} beside the query of a check`,
  };
  return { name: '', flaws: [flaw] };
}

function buildBackend(slot: string, written: WrittenService['backends'][string] | undefined): BackendConfig {
  const url = written?.url;
  return { target: written?.target ?? slot, ...(url === undefined ? {} : { url }) };
}

function buildHealth({ endpoints, timeout, version }: NonNullable<WrittenService['health']>): ServiceHealthConfig {
  return {
    endpoints: endpointsFrom(endpoints ?? []),
    timeoutMs: timeout ?? DEFAULT_PROBE_TIMEOUT_MS,
    ...(version === undefined ? {} : { version: { path: version.path, field: version.field ?? 'version' } }),
  };
}

function flawsOfHealth(health: ServiceHealthConfig | undefined, path: readonly string[]): Flaw[] {
  const problems = problemsOfEndpoints(health?.endpoints ?? [], 'endpoints');
  return problems.map((problem) => {
    const within = parsePath(problem.path).map((part) => (part === 'maxLatencyMs' ? 'maxLatency' : part));
    return { ...problem, path: [...path, ...within] };
  });
}

function flawsOfBackends(backends: Readonly<Record<string, BackendConfig>>, path: readonly string[]): Flaw[] {
  const slots = Object.keys(backends);
  const flaws: Flaw[] = [];
  if (slots.length !== SLOTS) {
    flaws.push({
      rule: 'backends.count',
      path,
      message: 'A rollout is between two backends: what serves now and what comes next',
      expected: 'two slots, e.g. blue and green',
      got: slots.length === 0 ? 'none' : `${String(slots.length)} (${slots.join(', ')})`,
    });
  }
  const [first, twin] = twins(backends, ({ target }) => target);
  if (first !== undefined && twin !== undefined) {
    flaws.push({
      rule: 'backends.same',
      path: [...path, twin, 'target'],
      message: `The data plane cannot tell ${first} and ${twin} apart`,
      expected: 'a target of its own for each slot',
      got: `${String(backends[twin]?.target)} twice`,
    });
  }
  return flaws;
}

function warningsOf(name: string, { backends, health }: ServiceConfig): string[] {
  const [first, twin] = twins(backends, ({ url }) => url);
  const sameUrl =
    first === undefined || twin === undefined
      ? []
      : [`services.${name}: ${first} and ${twin} have the same url: probes cannot tell them apart`];
  const unprobed = Object.keys(backends).filter((slot) => backends[slot]?.url === undefined);
  const noUrl =
    health === undefined || unprobed.length === 0
      ? []
      : [`services.${name}: ${unprobed.join(' and ')} cannot be probed without a url`];
  return [...sameUrl, ...noUrl];
}

/** The first two slots for which `of` says the same. */
function twins(
  backends: Readonly<Record<string, BackendConfig>>,
  of: (backend: BackendConfig) => string | undefined,
): readonly string[] {
  const seen = new Map<string, string>();
  for (const [slot, backend] of Object.entries(backends)) {
    const value = of(backend);
    if (value === undefined) continue;
    const first = seen.get(value);
    if (first !== undefined) return [first, slot];
    seen.set(value, slot);
  }
  return [];
}
