import type { Chooser } from './chooser.js';
import type { Approval, Behaviour, PlanShape } from './schedule.js';
import { chooseText, plain } from './texts.js';

const STAGE_MS = { from: 2000, to: 6000 };
const FIRST_SHARES = [5, 10, 25, 50];
const LATER_SHARES = [50, 75, 80];

/** A few stages of seconds; most plans go on by themselves. */
export function choosePlan(choose: Chooser): PlanShape {
  const first = choose.one(FIRST_SHARES);
  const later = choose.one(LATER_SHARES);
  const shares = choose.chance(0.6) && later > first ? [first, later, 100] : [first, 100];
  return {
    stages: shares.map((percent) => ({
      percent,
      durationMs: choose.whole(STAGE_MS.from, STAGE_MS.to),
      ...(percent < 100 && choose.chance(0.15) ? { approval: chooseApproval(choose) } : {}),
    })),
    autoProgression: choose.chance(0.9),
    autoRollback: choose.chance(0.9),
    onDrift: choose.chance(0.7) ? 'hold' : 'abort',
    onUnknown: choose.weighted([
      [6, 'hold'],
      [2, 'abort'],
      [2, 'continue'],
    ]),
    health: choose.chance(0.4),
    ...(choose.chance(0.5)
      ? { version: choose.chance(0.9) ? plain(`2.${String(choose.whole(0, 99))}`) : chooseText(choose) }
      : {}),
  };
}

function chooseApproval(choose: Chooser): Approval {
  return {
    timeoutMs: choose.chance(0.5) ? null : choose.whole(1000, 8000),
    onTimeout: choose.chance(0.5) ? 'abort' : 'hold',
  };
}

/** How a version is bad that is bad. */
export function chooseHarm(choose: Chooser): Behaviour {
  return choose.weighted<Behaviour>([
    [6, { kind: 'failing', share: choose.one([0.7, 0.9, 1]) }],
    [1, { kind: 'failing', share: choose.one([0.02, 0.1, 0.3]) }],
    [1, { kind: 'slow', delayMs: choose.whole(100, 1500) }],
    [1, { kind: 'hanging' }],
    [1, { kind: 'crashed' }],
  ]);
}
