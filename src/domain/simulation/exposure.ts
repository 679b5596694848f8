import type { TrafficSource } from './traffic-source.js';

/** Counts the requests that meet a candidate once it is bad. */
export class Exposure {
  requests = 0;

  /** @param badFromMs `null`: it never is */
  constructor(
    private readonly source: TrafficSource,
    private readonly badFromMs: number | null,
  ) {}

  /** @param requests of the whole interval */
  of(fromMs: number, toMs: number, sharePercent: number, requests: number): number {
    if (this.badFromMs === null || toMs <= this.badFromMs) return 0;
    if (fromMs >= this.badFromMs) return requests;
    return this.source.sample(this.badFromMs, toMs, sharePercent).candidate.requests;
  }

  add(fromMs: number, toMs: number, sharePercent: number, requests: number): void {
    this.requests += this.of(fromMs, toMs, sharePercent, requests);
  }
}
