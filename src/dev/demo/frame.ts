import { stripVTControlCharacters } from 'node:util';
import type pc from 'picocolors';
import type { RolloutStatus } from '../../domain/canary/status.js';
import type { Scene } from './chapter.js';
import type { RecentView } from './tally.js';
import { countWords, percentWords, phaseWords, spanWords, timeWords } from './words.js';

/** Everything that one frame of the live view shows. */
export interface Picture {
  readonly nowMs: number;
  readonly scene: Scene;
  readonly lately: { readonly requests: number; readonly byVersion: ReadonlyMap<string, RecentView> };
}

export type Colors = ReturnType<typeof pc.createColors>;

const BAR_WIDTH = 40;
const SHOWN_EVENTS = 6;

/** Shown in red above these; what is too much is decided elsewhere. */
const SLOW_MS = 1000;
const MANY_ERRORS = 0.01;

/** The frame as lines of at most `width` columns. Pure. */
export function renderFrame(picture: Picture, width: number, colors: Colors): string[] {
  const { scene } = picture;
  const lines = [
    trafficLine(scene, colors),
    '',
    colors.dim('             version   slot     traffic seen   errors    p95'),
    backendLine(picture, 'baseline', colors),
    backendLine(picture, 'candidate', colors),
    '',
    stageLine(scene.status, picture.nowMs, colors),
    ...checkLines(scene.status, colors),
    '',
    ...eventLines(scene.status, colors),
  ];
  return lines.map((line) => cut(line, width));
}

function trafficLine({ candidatePercent, chapter, roles, versions }: Scene, colors: Colors): string {
  const percent = candidatePercent ?? 0;
  const filled = percent === 0 ? 0 : Math.max(1, Math.round((percent / 100) * BAR_WIDTH));
  const bar = colors.cyan('█'.repeat(filled)) + colors.dim('░'.repeat(BAR_WIDTH - filled));
  const rest = versions[roles.baseline] ?? roles.baseline;
  return `traffic  ${bar}  ${colors.bold(percentWords(percent))} on ${chapter.release.version}, ${percentWords(100 - percent)} on ${rest}`;
}

function backendLine({ scene, lately }: Picture, role: 'baseline' | 'candidate', colors: Colors): string {
  const slot = scene.roles[role];
  const version = scene.versions[slot] ?? '?';
  const seen = lately.byVersion.get(version);
  const head = `  ${role.padEnd(10)} ${version.padEnd(9)} ${slot.padEnd(8)}`;
  if (seen === undefined) return head + colors.dim(' nobody');
  const errors = percentWords(seen.errorShare * 100).padStart(8);
  const p95 = spanWords(seen.p95Ms).padStart(8);
  const share = percentWords(seen.share * 100).padStart(12);
  return (
    head +
    share +
    (seen.errorShare > MANY_ERRORS ? colors.red(errors) : errors) +
    (seen.p95Ms > SLOW_MS ? colors.red(p95) : p95) +
    (role === 'baseline' ? colors.dim(`   (${countWords(lately.requests)} answers in 2 s)`) : '')
  );
}

function stageLine(status: RolloutStatus, nowMs: number, colors: Colors): string {
  const left =
    status.stageEndsAt === null ? '' : ` · ${spanWords(Math.max(0, Date.parse(status.stageEndsAt) - nowMs))} left`;
  const stage = `stage ${String(status.currentStage)}/${String(status.stageCount)}`;
  return `${stage}${left} · ${phaseWord(status, colors)}: ${status.reason}`;
}

function phaseWord({ phase }: RolloutStatus, colors: Colors): string {
  const words = phaseWords(phase);
  if (phase === 'promoted') return colors.green(words);
  if (phase === 'rolledBack' || phase === 'rollingBack' || phase === 'aborted') return colors.red(words);
  return colors.cyan(words);
}

const MARKS = { successful: '✔', failed: '✖', inconclusive: '?', error: '!' } as const;

function checkLines({ checks, isComplete }: RolloutStatus, colors: Colors): string[] {
  if (isComplete) return [];
  return checks.map(({ name, verdict, reason }) => {
    const mark = MARKS[verdict];
    const painted =
      verdict === 'successful' ? colors.green(mark) : verdict === 'failed' ? colors.red(mark) : colors.yellow(mark);
    return `  ${painted} ${name.padEnd(11)} ${reason}`;
  });
}

function eventLines({ history }: RolloutStatus, colors: Colors): string[] {
  return history.slice(-SHOWN_EVENTS).map(({ at, what }) => `${colors.dim(timeWords(Date.parse(at)))}  ${what}`);
}

/** What does not fit is left out; a line that wraps would break the drawing. */
function cut(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? line : `${plain.slice(0, Math.max(0, width - 1))}…`;
}
