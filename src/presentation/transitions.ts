import { formatValue } from '../domain/analysis/format.js';
import { isStagedTraffic } from '../domain/staged-traffic/is-staged-traffic.js';
import { formatPercent } from '../domain/percent.js';
import { isUnanswered, type StatusBase, type StatusEvent } from '../domain/rollout/status.js';
import { oneLine } from '../domain/text.js';
import { eventLine } from './frame.js';
import { timeWords, whereTrafficIs } from './header.js';
import { nextCommands } from './next.js';
import { clockWords } from './clock.js';

/** Silence for so long would look like a hang. */
const HEARTBEAT_MS = 60_000;

export interface TransitionsOptions {
  readonly nowMs: () => number;
  readonly timeZone?: string;
  /** @default 60 s */
  readonly heartbeatMs?: number;
}

/** Turns looks at a rollout into lines: one per transition, and a sign of life in between. */
export class Transitions {
  private readonly seen = new Set<string>();
  private readonly warned = new Set<string>();
  private before: StatusBase | null = null;
  private spokenAtMs = -Infinity;

  constructor(private readonly options: TransitionsOptions) {}

  /** The lines that a look adds; none when nothing is new. */
  linesFor(status: StatusBase): string[] {
    const lines = [...this.opening(status), ...this.news(status), ...this.changes(status)];
    this.before = status;
    const nowMs = this.options.nowMs();
    const isQuiet = nowMs - this.spokenAtMs >= (this.options.heartbeatMs ?? HEARTBEAT_MS);
    if (lines.length === 0 && !(isQuiet && status.endedAt === null)) return [];
    this.spokenAtMs = nowMs;
    return lines.length > 0 ? lines : [heartbeatLine(status, nowMs, this.options.timeZone)];
  }

  private opening(status: StatusBase): string[] {
    return this.before === null ? [`${status.id}: ${placeWords(status)}`] : [];
  }

  private news({ history }: StatusBase): string[] {
    const fresh = history.filter((event) => !this.seen.has(keyOf(event)));
    for (const event of fresh) this.seen.add(keyOf(event));
    return fresh.map((event) => eventLine(event, this.options));
  }

  /** What no event tells: that a person is needed, that nobody answers. */
  private changes(status: StatusBase): string[] {
    const at = clockWords(new Date(this.options.nowMs()).toISOString(), this.options.timeZone);
    const { before } = this;
    const lines = this.freshWarnings(status).map((warning) => `${at}  warning: ${warning}`);
    if (status.needsHuman !== null && status.needsHuman !== before?.needsHuman && !isUnanswered(status))
      lines.push(`${at}  needs you: ${status.needsHuman}  (${nextCommands(status).join('   ')})`);
    if (status.worker === 'none' && before?.worker !== 'none')
      lines.push(`${at}  no worker answers; the rollout goes on as soon as one does`);
    if (status.worker === 'busy' && (before === null || !isUnanswered(before)))
      lines.push(`${at}  the worker is busy; the rollout goes on meanwhile`);
    if (status.worker === 'answering' && before !== null && isUnanswered(before))
      lines.push(`${at}  a worker answers again`);
    return lines;
  }

  private freshWarnings({ warnings }: StatusBase): readonly string[] {
    const fresh = warnings.filter((warning) => !this.warned.has(warning));
    for (const warning of fresh) this.warned.add(warning);
    return fresh;
  }
}

function keyOf({ at, what, by }: StatusEvent): string {
  return JSON.stringify([at, what, by]);
}

/** `progressing, stage 2/4, 25 % on green, 75 % on blue`. */
function placeWords(status: StatusBase): string {
  if (!isStagedTraffic(status)) return status.phase;
  const stage = status.currentStage === 0 ? '' : `, stage ${String(status.currentStage)}/${String(status.stageCount)}`;
  return `${status.phase}${stage}, ${status.currentStage === 0 ? formatPercent(0) : whereTrafficIs(status)}`;
}

function heartbeatLine(status: StatusBase, nowMs: number, timeZone: string | undefined): string {
  const at = clockWords(new Date(nowMs).toISOString(), timeZone);
  if (!isStagedTraffic(status)) return `${at}  still ${placeWords(status)}: ${oneLine(status.reason)}`;
  const time = timeWords(status, nowMs);
  const worst = status.checks.find(({ verdict }) => verdict !== 'successful') ?? status.checks[0];
  const check = worst === undefined ? '' : `; ${worst.name} ${formatValue(worst.value, worst.unit)} (${worst.bound})`;
  return `${at}  still ${placeWords(status)}${time === '' ? '' : `; ${time}`}${check}`;
}
