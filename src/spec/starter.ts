export interface StarterSpecOptions {
  /** Whether the metric source has a histogram of latencies. Default true. */
  readonly countsLatencies?: boolean;
}

const LATENCY_CHECK = '  - { metric: latencyP99, max: 500ms }';
const NO_LATENCIES = `  # This data plane counts no latencies. A query of your own can bound them:
  # - { name: p99, query: '…{{backend}}…', max: 500 }`;

/** A specification to begin with: short, commented, and valid as it is. */
export function starterSpec(service = 'checkout', { countsLatencies = true }: StarterSpecOptions = {}): string {
  return `# yaml-language-server: $schema=./headgate.schema.json
# A canary: a new version gets a growing share of the traffic, and loses it at once when it does harm.
# Check it with "headgate validate canary.yaml", start it with "headgate start canary.yaml --version 1.2.3 --wait".
apiVersion: headgate/v1
kind: Canary
service: ${service} # as headgate.yaml names it
# version: 1.2.3    # or --version

# Shares rise; at the end of each stage a verdict on the whole stage decides.
stages:
  - { traffic: 5%, duration: 10m }
  - { traffic: 25%, duration: 10m }
  - { traffic: 50%, duration: 10m } # add approval: { timeout: 24h, onTimeout: abort } to ask a person here
  - { traffic: 100% } # guarded for the rollback window, the old backend warm

# What must hold. A breach rolls back at once; too little data holds and says what is missing.
checks:
  - { metric: errorRate, max: 1% }
${countsLatencies ? LATENCY_CHECK : NO_LATENCIES}

# When traffic goes back besides; "headgate policy set" tightens it on the way.
rollbackPolicy: { errorRateThreshold: 5% }

# The new version's own word, asked every interval.
# health: { endpoints: [/health], interval: 30s, successThreshold: 95% }

onUnknown: hold # when metrics say nothing until the deadline: hold, abort or continue
deadline: 30m
rollbackWindow: 10m
# runbook: https://example.com/runbooks/${service}
`;
}
