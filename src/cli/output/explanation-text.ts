import { formatPercent } from '../../domain/percent.js';
import type { RolloutStatus } from '../../domain/staged-traffic/status.js';
import type { TextView } from '../result.js';
import type { ExplainedStage } from './documents.js';
import { headerLines } from '../../presentation/header.js';
import { whyLines } from '../../presentation/frame.js';
import { nextAfterExplaining } from '../../presentation/next.js';
import { verdictSymbol } from '../../presentation/marks.js';
import { dateWords } from '../../presentation/clock.js';

/** Why, stage by stage, a sentence per check. */
export function explanationLines(status: RolloutStatus, stages: readonly ExplainedStage[], view: TextView): string[] {
  return [
    ...headerLines(status, view),
    ...whyLines(status, view),
    ...stages.flatMap((stage) => stageLines(stage, status.stages[stage.stage - 1]?.byChecks === true, view)),
    ...nextAfterExplaining(status).map((command) => `    ${command}`),
  ];
}

function stageLines(stage: ExplainedStage, byChecks: boolean, { paint, timeZone }: TextView): string[] {
  const { startedAt, conclusion, checks, source } = stage;
  const since = startedAt === null ? '' : `  from ${dateWords(startedAt, timeZone)}`;
  return [
    `stage ${String(stage.stage)}  ${formatPercent(stage.trafficPercent)}${since}`,
    ...checks.map(({ verdict, sentence }) => `  ${verdictSymbol(verdict)} ${sentence}`),
    ...(conclusion === null || (byChecks && checks.length > 0) ? [] : [`  ${conclusion}`]),
    ...(source === 'none' && conclusion === null ? [paint.faint('  nothing more is known from here')] : []),
  ];
}
