import { setTimeout as sleep } from 'node:timers/promises';
import { isOver, type StatusBase } from '../../domain/rollout/status.js';
import type { Context } from '../context.js';
import { frameOf } from '../../presentation/any-kind.js';
import { LiveView } from '../../presentation/live-view.js';
import { Transitions } from '../../presentation/transitions.js';
import type { Result } from '../result.js';
import { closingResult } from './follow.js';
import { orDetached, patientLook } from './look.js';
import { statusDocument } from './status.js';
import { targetOf } from './target.js';

/** Countdowns move once a second; a rollout is looked at as often. */
const LOOK_EVERY_MS = 1000;

/** What sees every look, and the server's absence. */
interface Onlooker {
  readonly saw: (status: StatusBase) => void;
  readonly troubled: (trouble: string | null) => void;
}

/** Follows a rollout to its end: a live view for a person at a terminal, a line per transition elsewhere. */
export async function watch(context: Context, id: string | undefined): Promise<Result> {
  const target = await targetOf(context, id);
  const isLive = context.options.output === 'text' && context.stdout.isTTY;
  return isLive ? watchLive(context, target) : watchLines(context, target);
}

async function watchLive(context: Context, id: string): Promise<Result> {
  const view = new LiveView(context.stdout);
  let seen: StatusBase | null = null;
  let trouble: string | null = null;
  const draw = (): void => {
    if (seen !== null) view.draw(framed(context, trouble === null ? seen : withWarning(seen, trouble)));
  };
  const ticking = setInterval(draw, LOOK_EVERY_MS);
  const stopListening = context.stdout.onResize(draw);
  try {
    const saw = (status: StatusBase): void => {
      seen = status;
      draw();
    };
    const troubled = (now: string | null): void => {
      trouble = now;
      draw();
    };
    const last = await orDetached(context, id, untilOver(context, id, { saw, troubled }));
    return { ...closingResult(last, undefined), text: () => [] };
  } finally {
    clearInterval(ticking);
    stopListening();
    view.end();
  }
}

/** A line as wide as the screen would leave the cursor between two lines, so one column stays free. */
function framed({ stdout, nowMs, paint, timeZone }: Context, status: StatusBase): string[] {
  const size = { width: Math.max(20, stdout.columns - 1), height: Math.max(4, stdout.rows - 1) };
  return frameOf(status, { ...size, nowMs: nowMs(), paint, ...(timeZone === undefined ? {} : { timeZone }) });
}

function withWarning(status: StatusBase, warning: string): StatusBase {
  return { ...status, warnings: [...status.warnings, warning] };
}

async function watchLines(context: Context, id: string): Promise<Result> {
  const transitions = new Transitions(context);
  const tell = (line: string): void => {
    if (context.options.output === 'text') context.stdout.write(`${line}\n`);
    else context.progress(line);
  };
  const saw = (status: StatusBase): void => {
    const lines = transitions.linesFor(status);
    for (const line of lines) tell(line);
    if (lines.length > 0 && status.endedAt === null) context.emit(statusDocument(status));
  };
  const troubled = (trouble: string | null): void => tell(trouble ?? 'Temporal answers again');
  return closingResult(await orDetached(context, id, untilOver(context, id, { saw, troubled })), undefined);
}

async function untilOver(context: Context, id: string, { saw, troubled }: Onlooker): Promise<StatusBase> {
  for (;;) {
    const status = await patientLook(context, id, { patienceMs: Infinity, onTrouble: troubled });
    saw(status);
    if (isOver(status)) return status;
    await sleep(LOOK_EVERY_MS, undefined, { signal: context.interrupted });
  }
}
