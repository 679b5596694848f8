/** What a `headgate.yaml` to begin with says of one kind of data plane, as YAML. */
export interface StarterParts {
  /** The line, or lines, under `routers:`. */
  readonly router: string;
  /** The line, or lines, under `metrics:`. */
  readonly metrics: string;
  /** The name of both. */
  readonly name: string;
  /** One per slot, what stands behind its name. */
  readonly backends: readonly (readonly [slot: string, yaml: string])[];
}

/** A configuration to begin with: one data plane, and one service on it. */
export function starterConfig(service: string, { router, metrics, name, backends }: StarterParts): string {
  return `# yaml-language-server: $schema=./headgate.config.schema.json
# What the worker knows: data planes, metrics, services. Temporal's address, TLS and API key come from Temporal's own
# environment configuration (TEMPORAL_ADDRESS, TEMPORAL_API_KEY, …).

# What splits traffic. Every instance is told, and read back.
routers:
${router}

# Where counts of requests, errors and latencies come from.
metrics:
${metrics}

services:
  ${service}:
    router: ${name}
    metrics: ${name}
    # Two lasting slots. Which of them is the new one changes with every rollout.
    backends:
${backends.map(([slot, yaml]) => `      ${slot}: ${yaml}`).join('\n')}
    # How a backend says that it is well (2xx), and which version it runs: {"version":"1.2.3"}. Both are asked before a
    # rollout and before an undo: what serves already is not rolled out again, and a slot that holds something else than
    # the version that is named gets nobody. Leave out what your service does not have.
    health: { endpoints: [/health], version: { path: /version, field: version } }
    # A version that nobody can ask for is refused; or warn, for a service that cannot tell its version.
    unverifiedVersion: refuse

# Start, decisions, commands and outcome of every rollout are kept here.
journal: { kind: file, path: .headgate/journal }

worker:
  healthPort: 9091 # /healthz, /readyz and /metrics
  shutdownGrace: 10s
  logLevel: info

# Where environments share a Temporal namespace:
# workflowIdPrefix: staging/
`;
}
