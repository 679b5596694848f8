import type { HealthEndpoint } from '../domain/health/health-plan.js';
import type { UnverifiedPolicy } from '../domain/traffic/serving/what-serves.js';
import type { HooksOfService } from '../domain/hooks/state.js';
import type { TierTable } from '../domain/tier.js';
import type { EnvoyMetricsConfig, EnvoyRouterConfig } from './adapters/envoy-config.js';
import type { HttpMetricsConfig } from './adapters/http.js';
import type { HookConfig } from './adapters/hooks.js';
import type { PrometheusConfig } from './adapters/prometheus.js';

/** The embedded data plane, by the admin API of each of its instances. */
export interface GatewayConfig {
  readonly kind: 'gateway';
  /** Base URLs of the admin APIs, every instance. */
  readonly instances: readonly string[];
  /** How long an instance may take to answer. */
  readonly timeoutMs: number;
}

/** HAProxy, by the runtime socket of each of its instances. */
export interface HaproxyRouterConfig {
  readonly kind: 'haproxy';
  /** The map as haproxy.cfg names it. */
  readonly map: string;
  readonly instances: readonly {
    /** Path of the runtime socket, absolute, or host:port. */
    readonly socket: string;
    /** The file of the map as the worker reaches it, absolute; `null`: not at all, and a restart loses the share. */
    readonly mapFile: string | null;
  }[];
  /** How long an instance may take to answer. */
  readonly timeoutMs: number;
}

/** What splits traffic. One member per family of data planes, told apart by `kind`. */
export type RouterConfig = GatewayConfig | EnvoyRouterConfig | HaproxyRouterConfig;

/** Where counts and values come from. One member per family, told apart by `kind`. */
export type MetricsConfig = GatewayConfig | EnvoyMetricsConfig | PrometheusConfig | HttpMetricsConfig;

/** One lasting slot of a service. */
export interface BackendConfig {
  /** What the data plane calls it. Default: the slot's name. */
  readonly target: string;
  /** Base URL for probes; without it the backend cannot be probed. */
  readonly url?: string;
}

/** How the backends of a service say that they are well, and which version they run. */
export interface ServiceHealthConfig {
  /** Probed when a specification has no `health:` of its own. */
  readonly endpoints: readonly HealthEndpoint[];
  readonly timeoutMs: number;
  readonly version?: { readonly path: string; readonly field: string };
}

export interface ServiceConfig {
  /** A name under `routers`. */
  readonly router: string;
  /** A name under `metrics`. */
  readonly metrics: string;
  /** What the data plane calls the service's route. Default: the service's name. */
  readonly route: string;
  /** By slot, at least two. */
  readonly backends: Readonly<Record<string, BackendConfig>>;
  readonly health?: ServiceHealthConfig;
  /** What becomes of a rollout whose candidate nobody can ask for its version. Default: a warning. */
  readonly unverifiedVersion?: UnverifiedPolicy;
  /** Names under `hooks`, by moment. Absent: none. */
  readonly hooks?: HooksOfService;
}

export interface JournalConfig {
  readonly kind: 'file';
  /** The folder, absolute. */
  readonly path: string;
}

/** Where every verdict's numbers are kept. */
export interface ObservationsConfig {
  readonly kind: 'file';
  /** The folder, absolute. */
  readonly path: string;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** What was said about the worker; what was not is the worker's own default. */
export interface WorkerConfig {
  readonly host?: string;
  readonly healthPort?: number;
  readonly metricsPort?: number;
  readonly maxCachedWorkflows?: number;
  readonly maxConcurrentWatches?: number;
  readonly maxConcurrentHooks?: number;
  readonly maxConcurrentActivities?: number;
  readonly shutdownGraceMs?: number;
  readonly logLevel?: (typeof LOG_LEVELS)[number];
  /** Temporal's worker versioning; without it, every worker takes all work. */
  readonly deployment?: { readonly name: string; readonly buildId: string };
}

/** What was said about Temporal; address, TLS and API key come from Temporal's own environment configuration. */
export interface TemporalConfig {
  readonly namespace?: string;
  /** The profile of Temporal's own configuration file. */
  readonly profile?: string;
  /** The base URL of the Temporal UI, for links. */
  readonly ui?: string;
  /** What workers poll; watches use the same name with `-watch`, hooks with `-hooks`. */
  readonly taskQueue?: string;
  /** A module that exports `payloadCodecs`, absolute: everything that Headgate gives to Temporal is encoded by them. */
  readonly payloadCodec?: string;
}

export const STRATEGIES = ['canary', 'blue-green', 'ab-test', 'feature-flag'] as const;
export const TIERS = ['personal', 'professional', 'enterprise'] as const;

export type Strategy = (typeof STRATEGIES)[number];
export type TierName = (typeof TIERS)[number];

/** Defaults from the environment that a specification overrides. */
export interface EnvironmentDefaults {
  /** DEPLOYMENT_STRATEGY; `null`: what the specification's kind says. */
  readonly strategy: Strategy | null;
  /** DEPLOYMENT_TIER. */
  readonly tier: TierName;
  /** FEATURE_FLAGS_ENABLED. */
  readonly featureFlagsEnabled: boolean;
  /** AB_TEST_MINIMUM_SAMPLE_SIZE: users per arm. */
  readonly minimumSampleSize: number;
  /** AB_TEST_CONFIDENCE_LEVEL, in (0, 1). */
  readonly confidenceLevel: number;
  /** BLUE_GREEN_HEALTH_CHECK_INTERVAL. */
  readonly healthCheckIntervalMs: number;
  /** BLUE_GREEN_ROLLBACK_THRESHOLD, 0–1. */
  readonly rollbackThreshold: number;
  /** CANARY_INITIAL_TRAFFIC: the first stage of the default plan, in (0, 100]. */
  readonly initialTrafficPercent: number;
  /** CANARY_MONITORING_INTERVAL. */
  readonly monitoringIntervalMs: number;
  /** CANARY_AUTO_PROGRESSION. */
  readonly autoProgression: boolean;
}

export const OUTPUTS = ['text', 'json', 'jsonl'] as const;

/** How commands print. */
export type OutputFormat = (typeof OUTPUTS)[number];

/** Everything that is configured, from headgate.yaml and the environment, with defaults applied. */
export interface HeadgateConfig {
  /** The file that was read, absolute; `null` when there is none. */
  readonly file: string | null;
  readonly routers: Readonly<Record<string, RouterConfig>>;
  readonly metrics: Readonly<Record<string, MetricsConfig>>;
  readonly services: Readonly<Record<string, ServiceConfig>>;
  /** What is asked and told, by name. */
  readonly hooks: Readonly<Record<string, HookConfig>>;
  readonly journal: JournalConfig;
  readonly observations: ObservationsConfig;
  readonly worker: WorkerConfig;
  readonly temporal: TemporalConfig;
  /** Put before every workflow id, where environments share a namespace. Default: nothing. */
  readonly workflowIdPrefix: string;
  readonly output: OutputFormat;
  readonly defaults: EnvironmentDefaults;
  /** Which strategies each tier has. */
  readonly tiers: TierTable;
  /** What is odd, but no reason to stop. */
  readonly warnings: readonly string[];
}
