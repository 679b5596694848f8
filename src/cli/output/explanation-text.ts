import { formatPercent } from '../../domain/percent.js';
import type { RolloutStatus } from '../../domain/canary/status.js';
import type { TextView } from '../result.js';
import type { ExplainedStage } from './documents.js';
import { headerLines } from './frame/header.js';
import { whyLines } from './frame/frame.js';
import { nextAfterExplaining } from './next.js';
import { verdictSymbol } from './symbols.js';
import { dateWords } from './time-words.js';

/** Why, stage by stage, a sentence per check. */
export function explanationLines(status: RolloutStatus, stages: readonly ExplainedStage[], view: TextView): string[] {
  return [
    ...headerLines(status, view),
    ...whyLines(status, view),
    ...stages.flatMap((stage) => stageLines(stage, view)),
    ...nextAfterExplaining(status).map((command) => `    ${command}`),
  ];
}

function stageLines(stage: ExplainedStage, { paint, timeZone }: TextView): string[] {
  const { startedAt, conclusion, checks, source } = stage;
  const since = startedAt === null ? '' : `  from ${dateWords(startedAt, timeZone)}`;
  const isToldByChecks = checks.some(({ sentence }) => conclusion?.includes(sentence) === true);
  return [
    `stage ${String(stage.stage)}  ${formatPercent(stage.trafficPercent)}${since}`,
    ...checks.map(({ verdict, sentence }) => `  ${verdictSymbol(verdict)} ${sentence}`),
    ...(conclusion === null || isToldByChecks ? [] : [`  ${conclusion}`]),
    ...(source === 'none' && conclusion === null ? [paint.faint('  nothing more is known from here')] : []),
  ];
}
