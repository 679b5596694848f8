import { findingIn } from '../analysis/breach.js';
import { verdictOf } from '../analysis/stage-verdict.js';
import type { Verdict } from '../analysis/verdict.js';
import { judgeAnew } from './backtest.js';
import { plannedShare, type Reading, type Recording } from './recording.js';
import { StageFold } from './stage-fold.js';

/** How the verdicts of a record compare with the same ones made again. */
export interface Comparison {
  /** Verdicts and decisions that were made again. */
  readonly compared: number;
  /** Those that came out otherwise, in sentences. */
  readonly differences: readonly string[];
}

/** Makes every verdict and every decision of a record again, each by the plan and from the evidence that it had. */
export function compareWithRecord({ stages }: Recording): Comparison {
  const all = stages.flatMap(({ readings }) => readings.map(compareReading));
  return {
    compared: all.reduce((sum, { compared }) => sum + compared, 0),
    differences: all.flatMap(({ differences }) => differences),
  };
}

function compareReading(reading: Reading): Comparison {
  const { plan, carried, line } = reading;
  if (plan === null) return { compared: 0, differences: [] };
  const fold = new StageFold(plan, carried, plannedShare(line));
  const where = `stage ${String(line.stage)}, ${line.by}`;
  const pairs: { readonly atMs: number; readonly then: string; readonly now: string; readonly differs: boolean }[] = [];
  const intervals = line.by === 'judge' ? [] : fold.intervalsOf(reading);
  for (const { interval, analysis, recorded } of intervals) {
    if (recorded === null || interval.endMs <= (line.base?.untilMs ?? -Infinity)) continue;
    const now: Verdict = verdictOf(analysis);
    pairs.push({ atMs: interval.endMs, then: recorded, now, differs: now !== recorded });
  }
  for (const breach of reading.breaches.filter(({ source }) => source === 'checks')) {
    const last = intervals.at(-1);
    const finding = last === undefined ? null : findingIn(last.analysis, line.knownShared);
    const differs = finding?.shared !== breach.shared;
    pairs.push({ atMs: breach.atMs, then: breach.reason, now: finding?.reason ?? 'no breach', differs });
  }
  if (reading.judgement !== null) {
    const { atMs, verdict, reason } = reading.judgement;
    const now = judgeAnew(fold, reading);
    const differs = now.verdict !== verdict;
    pairs.push({ atMs, then: `${verdict}: ${reason}`, now: `${now.verdict}: ${now.reason}`, differs });
  }
  return {
    compared: pairs.length,
    differences: pairs.flatMap(({ atMs, then, now, differs }) =>
      !differs ? [] : [`${where}, ${new Date(atMs).toISOString()}: it was ${then}, now it is ${now}`],
    ),
  };
}
