import { analyse, type AnalysisInterval, type AnalysisPlan } from '../../src/analysis.js';

/** How much is analysed. */
export interface AnalyseSettings {
  readonly intervals: number;
  readonly runs: number;
}

export const ANALYSE_FULL: AnalyseSettings = { intervals: 1_000_000, runs: 3 };

/** Shows that it works; its figures mean nothing. */
export const ANALYSE_SMOKE: AnalyseSettings = { intervals: 2000, runs: 1 };

export interface AnalyseReport {
  readonly benchmark: 'analyse';
  readonly intervals: number;
  /** Of the plan: one against a bound, one against the baseline, each with 24 alternatives. */
  readonly checks: number;
  readonly seconds: readonly number[];
  readonly bestSeconds: number;
  /** The least processor time of a run: what it takes on a machine that has nothing else to do. */
  readonly processorSeconds: number;
  readonly nanosecondsPerInterval: number;
  readonly final: string;
  readonly node: string;
}

const PLAN: AnalysisPlan = {
  checks: [
    { kind: 'sequential', metric: 'errorRate', max: 0.02 },
    { kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 },
  ],
};

/** How long `analyse` takes over very many intervals of a healthy candidate: none of them ends it early. */
export function runAnalyse({ intervals, runs }: AnalyseSettings, progress: (line: string) => void): AnalyseReport {
  const made = healthyIntervals(intervals);
  const results = Array.from({ length: runs }, (_, run) => {
    const [began, usedBefore] = [performance.now(), process.cpuUsage()];
    const { final } = analyse(PLAN, made);
    const seconds = (performance.now() - began) / 1000;
    const used = process.cpuUsage(usedBefore);
    const processorSeconds = (used.user + used.system) / 1e6;
    progress(`run ${String(run + 1)}: ${seconds.toFixed(2)} s, ${processorSeconds.toFixed(2)} CPU-s, ${final}`);
    return { final, seconds, processorSeconds };
  });
  const seconds = results.map((result) => result.seconds);
  const bestSeconds = Math.min(...seconds);
  return {
    benchmark: 'analyse',
    intervals,
    checks: PLAN.checks.length,
    seconds,
    bestSeconds,
    processorSeconds: Math.min(...results.map((result) => result.processorSeconds)),
    nanosecondsPerInterval: (bestSeconds * 1e9) / intervals,
    final: results.at(-1)?.final ?? 'none',
    node: process.version,
  };
}

export function analyseText({
  intervals,
  bestSeconds,
  processorSeconds,
  nanosecondsPerInterval,
  final,
}: AnalyseReport): string {
  const each = Math.round(nanosecondsPerInterval);
  return `${String(intervals)} intervals, 2 checks: ${bestSeconds.toFixed(2)} s (${processorSeconds.toFixed(2)} CPU-s), ${String(each)} ns each, ${final}`;
}

/** 100 requests each, about one in a hundred bad on either side; the same ones in every run. */
function healthyIntervals(count: number): AnalysisInterval[] {
  let seed = 1;
  const next = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const bad = (): number => Math.floor(-Math.log(1 - next()));
  return Array.from({ length: count }, (_, index) => ({
    startMs: index * 10_000,
    endMs: (index + 1) * 10_000,
    candidate: { requests: 100, errors: Math.min(100, bad()) },
    baseline: { requests: 100, errors: Math.min(100, bad()) },
  }));
}
