import { formatCount } from '../../domain/analysis/format.js';
import type { Backtest } from '../../domain/observations/backtest.js';
import type { Comparison } from '../../domain/observations/differences.js';
import type { Run, StageDecision, StageReport } from '../../domain/observations/report.js';
import { formatPercent } from '../../domain/percent.js';
import type { TextView } from '../result.js';
import type { BacktestRollout, BacktestStage, VerdictRun } from './documents.js';
import { checkSentence } from '../../presentation/checks.js';
import { verdictSymbol } from '../../presentation/marks.js';
import { table } from './table.js';
import { clockWords, dateWords } from '../../presentation/clock.js';

/** A backtest for programs: times as text. */
export function backtestRollout(
  { outcome, stages, ...backtest }: Backtest,
  record: Comparison | null,
): BacktestRollout {
  const { atMs, ...ended } = outcome;
  return { ...backtest, outcome: { ...ended, at: iso(atMs) }, stages: stages.map(stageOf), record };
}

function stageOf(report: StageReport): BacktestStage {
  const { stage, sharePercent, startedAtMs, endedAtMs, runs, checks, decisions, ...counts } = report;
  return {
    stage,
    trafficPercent: sharePercent,
    startedAt: iso(startedAtMs),
    endedAt: iso(endedAtMs),
    ...counts,
    verdicts: runs.map(runOf),
    checks: checks.map((check) => ({
      name: check.last.name,
      bound: check.last.bound,
      verdicts: check.runs.map(runOf),
      failedAt: check.failedAtMs === null ? null : iso(check.failedAtMs),
      sentence: checkSentence(check.last),
    })),
    decisions: decisions.map(({ atMs, ...decision }) => ({ ...decision, at: iso(atMs) })),
  };
}

function runOf({ fromMs, toMs, ...run }: Run): VerdictRun {
  return { ...run, from: iso(fromMs), to: iso(toMs) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A backtest for people. */
export function backtestLines(rollout: BacktestRollout, spec: string | undefined, view: TextView): string[] {
  const { paint } = view;
  const by = spec === undefined ? 'by the plan that it had' : `by ${spec}`;
  return [
    `${paint.strong(rollout.rolloutId)}  ${by}`,
    ...rollout.stages.flatMap((stage) => stageLines(stage, view)),
    endLine(rollout, spec !== undefined, view),
    ...recordLines(rollout, view),
    ...rollout.gaps.map((gap) => `${paint.attention('!')} not whole: ${gap}`),
  ];
}

function stageLines(stage: BacktestStage, { paint, timeZone }: TextView): string[] {
  const share = stage.trafficPercent > 0 ? `  ${formatPercent(stage.trafficPercent)}` : '';
  const seen = `${formatCount(stage.candidateRequests)} requests, ${formatCount(stage.baselineRequests)} of the baseline`;
  const from = dateWords(stage.startedAt, timeZone);
  const to = clockWords(stage.endedAt, timeZone);
  const rows = [
    ['all', '', runWords(stage.verdicts)],
    ...stage.checks.map(({ name, bound, verdicts }) => [name, bound, runWords(verdicts)]),
  ];
  return [
    `stage ${String(stage.stage)}${share}  ${from} – ${to}  ${String(stage.intervals)} intervals, ${seen}`,
    ...table(rows).map((row) => `  ${row}`),
    ...stage.checks.map(({ sentence }) => paint.faint(`  ${sentence}`)),
    ...stage.decisions.map(
      (decision) => `  ${clockWords(decision.at, timeZone)}  ${DECIDED[decision.kind]}: ${decision.reason}`,
    ),
  ];
}

const DECIDED: Readonly<Record<StageDecision['kind'], string>> = {
  passed: 'passes',
  rolledBack: 'rolls back',
  held: 'holds',
  kept: 'goes on at another share',
};

/** `?3 ✔57`: so many intervals of each verdict, in the order of time. */
function runWords(runs: readonly VerdictRun[]): string {
  const shown = runs.length > MOST_RUNS ? [...runs.slice(0, MOST_RUNS - 1), ...runs.slice(-1)] : runs;
  return shown
    .map(({ verdict, intervals }, index) => {
      const skips = runs.length > MOST_RUNS && index === shown.length - 1 ? '… ' : '';
      return `${skips}${verdictSymbol(verdict)} ${String(intervals)}`;
    })
    .join('  ');
}

const MOST_RUNS = 12;

function endLine({ outcome, requestsExposed }: BacktestRollout, isOther: boolean, view: TextView): string {
  const { paint, timeZone } = view;
  const exposed = `${formatCount(requestsExposed)} requests saw the candidate`;
  const at = `${dateWords(outcome.at, timeZone)} in stage ${String(outcome.stage)}`;
  const would = isOther ? 'would have been ' : '';
  switch (outcome.kind) {
    case 'promoted':
      return paint.good(`✔ ${would}promoted ${at}, ${exposed}`);
    case 'rolledBack':
      return paint.bad(`✖ ${would}rolled back ${at}, ${exposed}: ${outcome.reason}`);
    case 'held':
      return paint.attention(`! ${would}held ${at}, ${exposed}: ${outcome.reason}`);
    case 'unknown':
      return paint.attention(`? ${exposed}; ${outcome.reason}`);
  }
}

function recordLines({ record }: BacktestRollout, { paint }: TextView): string[] {
  if (record === null || record.compared === 0) return [];
  const made = `${formatCount(record.compared)} verdicts were made again`;
  if (record.differences.length === 0) return [paint.faint(`${made}, all as they were`)];
  const differ = `${made}, ${formatCount(record.differences.length)} came out otherwise:`;
  return [paint.bad(differ), ...record.differences.map((difference) => `  ${difference}`)];
}
