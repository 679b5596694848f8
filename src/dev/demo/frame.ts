import { formatCounted, formatValue } from '../../domain/analysis/format.js';
import { formatShortTime } from '../../domain/duration.js';
import { formatPercent } from '../../domain/percent.js';
import { bar } from '../../presentation/bars.js';
import { checkLines } from '../../presentation/checks.js';
import { eventLine, whyLines } from '../../presentation/frame.js';
import { headerLines } from '../../presentation/header.js';
import type { Paint } from '../../presentation/paint.js';
import type { View } from '../../presentation/view.js';
import { fit } from '../../presentation/width.js';
import type { Scene } from './chapter.js';
import type { RecentView } from './tally.js';

/** Everything that one frame of the live view shows. */
export interface Picture {
  readonly nowMs: number;
  readonly scene: Scene;
  readonly lately: { readonly requests: number; readonly byVersion: ReadonlyMap<string, RecentView> };
}

const BAR_WIDTH = 40;
const SHOWN_EVENTS = 6;

/** Shown in red above these; what is too much is decided elsewhere. */
const SLOW_MS = 1000;
const MANY_ERRORS = 0.01;

/** The frame as lines of at most `width` columns: what users see, and the rollout as every view shows it. Pure. */
export function renderFrame(picture: Picture, width: number, paint: Paint): string[] {
  const { scene, nowMs } = picture;
  const { status } = scene;
  const view: View = { width, nowMs, paint };
  const lines = [
    trafficLine(scene, paint),
    '',
    paint.faint('             version   slot     traffic seen   errors    p95'),
    backendLine(picture, 'baseline', paint),
    backendLine(picture, 'candidate', paint),
    '',
    ...headerLines(status, view),
    ...checkLines(status.checks, view),
    ...whyLines(status, view),
    '',
    ...status.history.slice(-SHOWN_EVENTS).map((event) => paint.faint(eventLine(event, view))),
  ];
  return lines.map((line) => fit(line, width));
}

function trafficLine({ candidatePercent, chapter, roles, versions }: Scene, paint: Paint): string {
  const percent = candidatePercent ?? 0;
  const rest = versions[roles.baseline] ?? roles.baseline;
  return `traffic  ${bar(percent, BAR_WIDTH, paint)}  ${paint.strong(formatPercent(percent))} on ${chapter.release.version}, ${formatPercent(100 - percent)} on ${rest}`;
}

function backendLine({ scene, lately }: Picture, role: 'baseline' | 'candidate', paint: Paint): string {
  const slot = scene.roles[role];
  const version = scene.versions[slot] ?? '?';
  const seen = lately.byVersion.get(version);
  const head = `  ${role.padEnd(10)} ${version.padEnd(9)} ${slot.padEnd(8)}`;
  if (seen === undefined) return head + paint.faint(' nobody');
  const share = formatValue(seen.share, 'fraction').padStart(12);
  const errors = formatValue(seen.errorShare, 'fraction').padStart(8);
  const p95 = formatShortTime(seen.p95Ms).padStart(8);
  return (
    head +
    share +
    (seen.errorShare > MANY_ERRORS ? paint.bad(errors) : errors) +
    (seen.p95Ms > SLOW_MS ? paint.bad(p95) : p95) +
    (role === 'baseline' ? paint.faint(`   (${formatCounted(lately.requests, 'answer')} in 2 s)`) : '')
  );
}
