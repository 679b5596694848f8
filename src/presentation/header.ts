import { formatCounted } from '../domain/analysis/format.js';
import { formatDuration, formatElapsed } from '../domain/duration.js';
import { formatPercent } from '../domain/percent.js';
import { isUnanswered } from '../domain/rollout/status.js';
import { type RolloutStatus } from '../domain/staged-traffic/status.js';
import { phaseWords } from './marks.js';
import { timeLeft } from './time-left.js';
import { flow } from './width.js';
import type { View } from './view.js';

/** Who, what, where, and how long it still takes. */
export function headerLines(status: RolloutStatus, view: View): string[] {
  const { paint } = view;
  const stage = status.currentStage === 0 ? '' : `  stage ${String(status.currentStage)}/${String(status.stageCount)}`;
  const kind = status.undo === undefined ? (status.strategy ?? 'canary') : 'undo';
  const who = `${paint.strong(status.service)}  ${kind}  ${phaseWords(status.phase, paint)}${stage}`;
  return flow([who, timeWords(status, view.nowMs), versionWords(status)].filter(isText), view.width);
}

/** `6m 12s left in stage · 41m to 100 %`, or how long it took. */
export function timeWords(status: RolloutStatus, nowMs: number): string {
  if (status.endedAt !== null)
    return `took ${formatElapsed(Date.parse(status.endedAt) - Date.parse(status.startedAt))}`;
  // Only a worker knows the clock.
  if (isUnanswered(status)) return '';
  const { stageMs, fullMs, approvals } = timeLeft(status, nowMs);
  const window = status.currentStage === status.stageCount ? 'left in the rollback window' : 'left in stage';
  const asked = approvals === 0 ? '' : ` + ${formatCounted(approvals, 'approval')}`;
  return [
    stageMs === null ? '' : `${formatDuration(stageMs)} ${window}${status.phase === 'paused' ? ', stopped' : ''}`,
    fullMs === null || fullMs === 0 ? '' : `${formatDuration(fullMs)}${asked} to 100 %`,
  ]
    .filter(isText)
    .join(' · ');
}

/** `blue → green 2.7.0`. */
export function versionWords({ roles, version, outcome, moved }: RolloutStatus): string {
  // Nothing went anywhere: the version, if there is one, is where it was.
  if (outcome === 'promoted' && !moved) return [version, roles?.baseline].filter((part) => part != null).join(' on ');
  const to = [roles?.candidate, version].filter((part) => part != null).join(' ');
  if (to === '') return '';
  return roles === null ? `→ ${to}` : `${roles.baseline} → ${to}`;
}

/** Where the traffic is, in words: `25 % on green, 75 % on blue`. */
export function whereTrafficIs({ desired, roles, trafficPercentage }: RolloutStatus): string {
  if (desired === null || roles === null) return `${formatPercent(trafficPercentage)} on the candidate`;
  const carrying = desired.filter(({ percent }) => percent > 0);
  const [only] = carrying;
  if (carrying.length === 1 && only !== undefined) return `all traffic on ${only.backend}`;
  return carrying.map(({ backend, percent }) => `${formatPercent(percent)} on ${backend}`).join(', ');
}

function isText(text: string): boolean {
  return text !== '';
}
