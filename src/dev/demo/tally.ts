/** One answer as a user got it. */
export interface Answer {
  /** `null`: no version answered, the request failed on its way. */
  readonly version: string | null;
  readonly failed: boolean;
  /** Epoch milliseconds. */
  readonly sentAtMs: number;
  readonly latencyMs: number;
}

/** What users got from one version. */
export interface VersionTally {
  readonly requests: number;
  readonly failed: number;
  readonly firstSentAtMs: number;
  readonly lastSentAtMs: number;
}

/** What users of one version saw lately. */
export interface RecentView {
  readonly requests: number;
  /** Of all answers, 0–1. */
  readonly share: number;
  /** 0–1 */
  readonly errorShare: number;
  readonly p95Ms: number;
}

const REMEMBERED_MS = 2000;

/** Counts what users see, from their own side: it knows nothing of weights or verdicts. */
export class Tally {
  private readonly totals = new Map<string, VersionTally>();
  private recent: Answer[] = [];
  private sum = 0;

  add(answer: Answer): void {
    this.sum += 1;
    this.recent.push(answer);
    const { version, sentAtMs, failed } = answer;
    if (version === null) return;
    const before = this.totals.get(version);
    this.totals.set(version, {
      requests: (before?.requests ?? 0) + 1,
      failed: (before?.failed ?? 0) + (failed ? 1 : 0),
      firstSentAtMs: Math.min(before?.firstSentAtMs ?? Infinity, sentAtMs),
      lastSentAtMs: Math.max(before?.lastSentAtMs ?? 0, sentAtMs),
    });
  }

  /** All answers so far. */
  get requests(): number {
    return this.sum;
  }

  /** `null` when nobody has met it. */
  of(version: string): VersionTally | null {
    return this.totals.get(version) ?? null;
  }

  /** The answers of the last two seconds, by version. */
  lately(nowMs: number): { readonly requests: number; readonly byVersion: ReadonlyMap<string, RecentView> } {
    this.recent = this.recent.filter(({ sentAtMs, latencyMs }) => sentAtMs + latencyMs >= nowMs - REMEMBERED_MS);
    const versions = new Set(this.recent.flatMap(({ version }) => (version === null ? [] : [version])));
    const answersOf = (version: string): Answer[] => this.recent.filter((answer) => answer.version === version);
    const byVersion = new Map(
      [...versions].map((version) => [version, viewOf(answersOf(version), this.recent.length)]),
    );
    return { requests: this.recent.length, byVersion };
  }
}

function viewOf(answers: readonly Answer[], all: number): RecentView {
  const latencies = answers.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  return {
    requests: answers.length,
    share: answers.length / all,
    errorShare: answers.filter(({ failed }) => failed).length / answers.length,
    p95Ms: latencies[Math.ceil(latencies.length * 0.95) - 1] ?? 0,
  };
}
