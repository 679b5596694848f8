import { formatDuration, formatElapsed } from '../domain/duration.js';
import { formatPercent } from '../domain/percent.js';
import { isUnanswered } from '../domain/rollout/status.js';
import { type RolloutStatus } from '../domain/staged-traffic/status.js';
import { type StageStatus } from '../domain/stages/status.js';
import { phaseSymbol, stageSymbol } from './marks.js';
import { fit, padEnd, padStart } from './width.js';
import { checkLines } from './checks.js';
import type { View } from './view.js';

/** A line per stage; the checks hang below the one they guard. */
export function stageLines(status: RolloutStatus, view: View): string[] {
  return status.stages.flatMap((stage, index) => {
    const isLast = index === status.stages.length - 1;
    const { paint } = view;
    const share = padStart(formatPercent(stage.trafficPercent), 7);
    const duration = padEnd(formatDuration(stage.durationMs), 6);
    const line = `${paint.faint(isLast ? '└─' : '├─')} ${symbolOf(stage, status, view)} ${padEnd(String(index + 1), 2)} ${share}  ${duration}  ${stageWords(stage, status, index, view)}`;
    const guarded = index + 1 === status.currentStage;
    const stem = paint.faint(isLast ? '   ' : '│  ');
    return [
      fit(line.trimEnd(), view.width),
      ...(guarded ? checkLines(status.checks, { ...view, width: view.width - 3 }).map((check) => stem + check) : []),
    ];
  });
}

function symbolOf(stage: StageStatus, status: RolloutStatus, { paint }: View): string {
  return stage.state === 'current' ? phaseSymbol(status.phase, paint) : stageSymbol(stage.state, paint);
}

function stageWords(stage: StageStatus, status: RolloutStatus, index: number, { paint, nowMs }: View): string {
  const because = stage.conclusion === null ? '' : paint.faint(`: ${stage.conclusion}`);
  switch (stage.state) {
    case 'upcoming':
      return faintly(upcomingWords(stage, status, index), paint);
    case 'passed':
      return stage.startedAt === null ? paint.faint('skipped') : `passed in ${tookWords(stage, nowMs)}${because}`;
    case 'stopped':
      return stage.startedAt === null ? `stopped${because}` : `stopped after ${tookWords(stage, nowMs)}${because}`;
    case 'current':
      return currentWords(stage, status, nowMs);
  }
}

/** Nothing stays nothing: a style around it would hide that the line ends here. */
function faintly(words: string, paint: View['paint']): string {
  return words === '' ? '' : paint.faint(words);
}

function upcomingWords({ needsApproval }: StageStatus, status: RolloutStatus, index: number): string {
  if (status.isComplete || status.stop !== null) return 'not reached';
  if (index === status.stages.length - 1) return 'rollback window';
  return needsApproval ? 'then approval' : '';
}

function currentWords(stage: StageStatus, status: RolloutStatus, nowMs: number): string {
  const { phase, stageEndsAt, reason } = status;
  if (stage.startedAt === null) return isUnanswered(status) ? '' : reason;
  const since = formatDuration(nowMs - Date.parse(stage.startedAt));
  return stageEndsAt === null && (phase === 'progressing' || phase === 'promoting') ? `${since}, ${reason}` : since;
}

/** The stage's clock stands still in pauses and holds: this is the time by the clock on the wall. */
function tookWords({ startedAt, endedAt }: StageStatus, nowMs: number): string {
  const ms = (endedAt === null ? nowMs : Date.parse(endedAt)) - Date.parse(startedAt ?? endedAt ?? '');
  return formatElapsed(ms);
}
