/** A configuration to begin with: the data plane that comes with Headgate, and one service. */
export function starterConfig(service = 'checkout'): string {
  return `# yaml-language-server: $schema=./headgate.config.schema.json
# What the worker knows: data planes, metrics, services. Temporal's address, TLS and API key come from Temporal's own
# environment configuration (TEMPORAL_ADDRESS, TEMPORAL_API_KEY, …).

# What splits traffic. Every instance is told, and read back.
routers:
  gateway: { kind: gateway, instances: ['http://127.0.0.1:8081'], timeout: 2s }

# Where counts of requests, errors and latencies come from.
metrics:
  gateway: { kind: gateway, instances: ['http://127.0.0.1:8081'] }

services:
  ${service}:
    router: gateway
    metrics: gateway
    # Two lasting slots. Which of them is the new one changes with every rollout.
    backends:
      blue: { url: 'http://127.0.0.1:9001' }
      green: { url: 'http://127.0.0.1:9002' }
    # How a backend says that it is well, and which version it runs.
    # health: { endpoints: [/health], version: { path: /version, field: version } }

# Start, decisions, commands and outcome of every rollout are kept here.
journal: { kind: file, path: .headgate/journal }

worker:
  healthPort: 9090 # /healthz and /readyz
  shutdownGrace: 10s
  logLevel: info

# Where environments share a Temporal namespace:
# workflowIdPrefix: staging/
`;
}
