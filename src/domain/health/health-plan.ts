/** What must stand at one place of the JSON that an endpoint answers with. */
export interface JsonExpectation {
  /** RFC 6901, e.g. `/database/status`; empty is the whole document. */
  readonly pointer: string;
  readonly equals: string | number | boolean | null;
}

/** One endpoint, and what its answer must be like. */
export interface EndpointCheck {
  /** A path of the backend, e.g. `/health`. */
  readonly path: string;
  /** The status it must answer with. Absent: any of 200 to 299. */
  readonly status?: number;
  /** A text that must stand in the body. */
  readonly contains?: string;
  readonly json?: JsonExpectation;
  /** An answer that takes longer is a failure. Absent: the timeout of the plan alone. */
  readonly maxLatencyMs?: number;
  /** The share of its probes that must succeed, 0–1. Absent: the plan's. */
  readonly successThreshold?: number;
}

/** A path that must answer with 200 to 299, or a path with more to ask of it. */
export type HealthEndpoint = string | EndpointCheck;

/** How the endpoints of a service's backends are probed. */
export interface HealthPlan {
  readonly endpoints: readonly HealthEndpoint[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** The share of probes that must succeed, 0–1. */
  readonly successThreshold: number;
  /** So many failures of one endpoint in a row are enough, however well the window looks. @default 3 */
  readonly consecutiveFailures?: number;
  /** Over how many of the newest probes of an endpoint a share is taken. @default 20 */
  readonly windowProbes?: number;
  /** From so many probes on a share that is too low is a breach. @default the whole window */
  readonly knownFromProbes?: number;
  /** The baseline is probed as well, in the same rounds. Absent: the candidate alone. */
  readonly ofBaseline?: true;
}

/** What a rollout says of how backends are probed, whatever is asked of them. */
export type Probing = Partial<
  Pick<HealthPlan, 'intervalMs' | 'timeoutMs' | 'successThreshold' | 'consecutiveFailures' | 'windowProbes'>
>;

/** Its path, which is its name: no two endpoints of a plan have the same. */
export function pathOf(endpoint: HealthEndpoint): string {
  return typeof endpoint === 'string' ? endpoint : endpoint.path;
}

/** The endpoints of a plan; one that is named twice is one endpoint. */
export function endpointsOf({ endpoints }: Pick<HealthPlan, 'endpoints'>): readonly HealthEndpoint[] {
  const paths = endpoints.map(pathOf);
  return endpoints.filter((endpoint, index) => paths.indexOf(pathOf(endpoint)) === index);
}

/** The share of the probes of one endpoint that must succeed, 0–1. */
export function thresholdOf(health: Pick<HealthPlan, 'endpoints' | 'successThreshold'>, path: string): number {
  const endpoint = health.endpoints.find((one) => pathOf(one) === path);
  const own = typeof endpoint === 'object' ? endpoint.successThreshold : undefined;
  return own ?? health.successThreshold;
}
