/** One version of the demo service, as good or bad as the story needs it. */
export interface DemoVersion {
  readonly version: string;
  /** For people: what is special about it. */
  readonly nature: string;
  /** The share of requests that it fails, 0–1. */
  readonly errorShare: number;
  /** An answer takes between these, most of them near the first. */
  readonly latencyMs: { readonly fastest: number; readonly slowest: number };
  /** It is unwell from so long after its first user on. Absent: never. */
  readonly diesAfterMs?: number;
}

const QUICK = { fastest: 4, slowest: 60 } as const;

export const DEMO_VERSIONS = {
  first: { version: '1.0.0', nature: 'healthy', errorShare: 0, latencyMs: QUICK },
  healthy: { version: '1.1.0', nature: 'healthy', errorShare: 0, latencyMs: QUICK },
  next: { version: '1.4.0', nature: 'healthy', errorShare: 0, latencyMs: QUICK },
  failing: { version: '1.2.0', nature: 'fails 8 % of its requests', errorShare: 0.08, latencyMs: QUICK },
  dying: {
    version: '1.5.0',
    nature: 'dies two seconds after its first user',
    errorShare: 0,
    latencyMs: QUICK,
    diesAfterMs: 2000,
  },
  slow: {
    version: '1.3.0',
    nature: 'answers correctly, but slowly',
    errorShare: 0,
    latencyMs: { fastest: 1200, slowest: 2500 },
  },
} as const satisfies Record<string, DemoVersion>;

/** How long the next answer takes. Quick answers are common, slow ones rare, as in a real service. */
export function drawLatencyMs({ latencyMs }: DemoVersion, random: () => number = Math.random): number {
  const { fastest, slowest } = latencyMs;
  return fastest + (slowest - fastest) * random() ** 3;
}

export function drawsError({ errorShare }: DemoVersion, random: () => number = Math.random): boolean {
  return random() < errorShare;
}
