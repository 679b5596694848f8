/** On which data plane. */
export const BENCH_ROUTERS = ['gateway', 'envoy'] as const;
export type BenchRouter = (typeof BENCH_ROUTERS)[number];

/** How large a run is, and on what. */
export interface AbortSettings {
  readonly router: BenchRouter;
  readonly rollouts: number;
  readonly singleAborts: number;
  /** Between two single aborts, and between an abort and a floor. */
  readonly pauseMs: number;
  readonly monitoringIntervalMs: number;
  /** How long processor time and measurements are counted. */
  readonly steadyMs: number;
  /** How many aborts are sent while no worker is up. */
  readonly abortsWithoutWorker: number;
}

export const FULL: AbortSettings = {
  router: 'gateway',
  rollouts: 500,
  singleAborts: 300,
  pauseMs: 300,
  monitoringIntervalMs: 10_000,
  steadyMs: 60_000,
  abortsWithoutWorker: 50,
};

/** What takes about three minutes on a real Envoy. */
export const FULL_ON_ENVOY: AbortSettings = {
  ...FULL,
  router: 'envoy',
  rollouts: 200,
  singleAborts: 100,
  steadyMs: 30_000,
};

/** Shows that everything works; its figures mean nothing. */
export const SMOKE: AbortSettings = {
  router: 'gateway',
  rollouts: 6,
  singleAborts: 3,
  pauseMs: 50,
  monitoringIntervalMs: 1000,
  steadyMs: 2000,
  abortsWithoutWorker: 3,
};

export const CANDIDATE = 'green';
export const BASELINE = 'blue';

/** The candidate's share while a rollout is in flight. */
export const SHARE_PERCENT = 5;

export function serviceName(index: number): string {
  return `svc-${String(index).padStart(4, '0')}`;
}

/** A route that only the floor's bare workflows move. */
export function floorName(index: number): string {
  return `floor-${String(index).padStart(4, '0')}`;
}

/** By which the gateway tells the services apart. */
export function hostOf(route: string): string {
  return `${route}.bench`;
}

/** By which Envoy does. */
export function pathOf(route: string): string {
  return `/${route}/`;
}

export const FLOOR_QUEUE = 'headgate-bench-floor';
export const FLOOR_SIGNAL = 'go';
