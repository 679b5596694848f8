import { chooseCommand, chooseStop } from './commands.js';
import type { Chooser } from './chooser.js';
import { chooseGarbage } from './garbage.js';
import { chooseHarm, choosePlan } from './plans.js';
import type { Behaviour, PlanShape, ServiceAction, StartAction, Step, Turn } from './schedule.js';
import { chooseText } from './texts.js';

/** Which stories may be told; a thin round has only some of them. */
export type Plot = 'calm' | 'bad' | 'stopped' | 'cancelled' | 'terminated' | 'steered' | 'moved' | 'shared' | 'garbage';

export const EVERY_PLOT: readonly (readonly [number, Plot])[] = [
  [2, 'calm'],
  [5, 'bad'],
  [4, 'stopped'],
  [2, 'cancelled'],
  [1, 'terminated'],
  [3, 'steered'],
  [1, 'moved'],
  [1, 'shared'],
  [1, 'garbage'],
];

export interface StoryOptions {
  readonly plots: readonly (readonly [number, Plot])[];
  readonly durationMs: number;
}

const HEALTHY: Turn = { to: { kind: 'healthy' }, afterMs: 0 };

/** What happens to one service: one rollout after the other, each with its plot, and commands that come at any time. */
export function tellStory(choose: Chooser, service: string, { plots, durationMs }: StoryOptions): Step[] {
  const steps: Step[] = [];
  const add = (atMs: number, action: ServiceAction): void => void steps.push({ atMs: Math.round(atMs), ...action });
  /** In the very moment in which weights are on their way, if `choose` says so. */
  const stop = (atMs: number, action: ServiceAction): void => {
    const when = choose.chance(WHILE_WRITING_SHARE) ? { when: { writing: service } } : {};
    steps.push({ atMs: Math.round(atMs), ...when, ...action });
  };
  let plan: PlanShape | null = null;
  for (let atMs = choose.whole(0, 4000); atMs < durationMs;) {
    // A retry has the same first share as what went before: only a fence can tell them apart.
    plan = plan !== null && choose.chance(0.5) ? plan : choosePlan(choose);
    const plot = choose.weighted(plots);
    const lastsMs = plan.stages.reduce((sum, stage) => sum + stage.durationMs, 0);
    const start = startOf(choose, service, plan);
    if (plot === 'garbage') {
      add(atMs, { do: 'garbage', service, input: chooseGarbage(choose, service) });
      atMs += choose.whole(1000, 3000);
      continue;
    }
    add(atMs, plot === 'bad' ? { ...start, candidate: chooseTurn(choose, lastsMs) } : start);
    const sometime = (): number => atMs + choose.whole(100, Math.round(0.8 * lastsMs));
    switch (plot) {
      case 'calm':
      case 'bad':
        break;
      case 'stopped':
        stop(sometime(), chooseStop(choose, service));
        break;
      case 'cancelled':
        stop(sometime(), { do: 'cancel', service });
        break;
      case 'terminated':
        stop(sometime(), { do: 'terminate', service, then: choose.one(['breakGlass', 'adopt', 'nothing']) });
        break;
      case 'steered':
        for (let count = choose.whole(1, 4); count > 0; count -= 1) add(sometime(), chooseCommand(choose, service));
        break;
      case 'moved':
        add(sometime(), { do: 'moveByHand', service, greenPercent: choose.one([0, 30, 60, 100]) });
        break;
      case 'shared':
        add(sometime(), {
          do: 'behave',
          service,
          who: 'both',
          how: chooseHarm(choose),
          forMs: choose.whole(1000, 6000),
        });
        break;
    }
    atMs += choose.whole(Math.round(lastsMs / 2), lastsMs + 3000);
  }
  for (let atMs = choose.untilNext(STRAY_EVERY_MS); atMs < durationMs; atMs += choose.untilNext(STRAY_EVERY_MS))
    if (plots.some(([, plot]) => plot === 'steered')) add(atMs, chooseCommand(choose, service));
  return steps;
}

/** So many stops come while weights are being set: a moment that chance alone would seldom hit. */
const WHILE_WRITING_SHARE = 0.4;

/** Commands that belong to no story: before a start, after an end, in between. */
const STRAY_EVERY_MS = 15_000;

function startOf(choose: Chooser, service: string, plan: PlanShape): StartAction {
  return {
    do: 'start',
    service,
    via: choose.weighted([
      [6, 'client'],
      [3, 'raw'],
      [1, 'cli'],
    ]),
    plan,
    candidate: HEALTHY,
    rightAfterEnd: choose.chance(0.3),
    adopt: false,
    requestedBy: chooseText(choose),
    request: choose.weighted([
      [6, 'none'],
      [1, 'same'],
      [1, 'again'],
      [2, 'new'],
    ]),
    ...(choose.chance(0.1) ? { historyLimit: choose.one([60, 150]) } : {}),
  };
}

function chooseTurn(choose: Chooser, lastsMs: number): Turn {
  const to: Behaviour = chooseHarm(choose);
  return { to, afterMs: choose.chance(0.3) ? 0 : choose.whole(0, Math.round(0.8 * lastsMs)) };
}
