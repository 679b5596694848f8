import type { ShareRun } from '../timeline/facts.js';

/** Joins looks that saw the same. */
export class ShareRecorder {
  private readonly runs = new Map<string, ShareRun[]>();

  saw(service: string, greenPercent: number, atMs: number): void {
    const runs = this.runs.get(service) ?? [];
    this.runs.set(service, runs);
    const last = runs.at(-1);
    if (last?.greenPercent === greenPercent) runs[runs.length - 1] = { ...last, toMs: atMs };
    else runs.push({ fromMs: atMs, toMs: atMs, greenPercent });
  }

  all(): Record<string, readonly ShareRun[]> {
    return Object.fromEntries(this.runs);
  }
}
