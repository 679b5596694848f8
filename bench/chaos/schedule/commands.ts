import type { Verb } from '../../../src/domain/stages/commands.js';
import type { Chooser } from './chooser.js';
import type { CommandAction } from './schedule.js';
import { chooseText } from './texts.js';

/** Commands that let a rollout live, by how often they come. */
const DECISIONS: readonly (readonly [number, Verb])[] = [
  [4, 'approve'],
  [2, 'reject'],
  [4, 'pause'],
  [5, 'resume'],
  [4, 'promote'],
  [2, 'finish'],
  [3, 'configure'],
  [3, 'setRollbackPolicy'],
];

export function chooseStop(choose: Chooser, service: string): CommandAction {
  const verb = choose.chance(0.75) ? 'abort' : 'emergencyStop';
  return {
    ...commandOf(choose, service, verb),
    names: choose.weighted([
      [6, 'current'],
      [3, 'nothing'],
    ]),
    stage: 'nothing',
    channel: choose.weighted([
      [4, 'client'],
      [3, 'signal'],
      [2, 'update'],
      [1, 'cli'],
    ]),
  };
}

/** Any verb, meant for any rollout and stage: also for none that there is. */
export function chooseCommand(choose: Chooser, service: string): CommandAction {
  const verb = choose.chance(0.1) ? 'abort' : choose.weighted(DECISIONS);
  return commandOf(choose, service, verb);
}

function commandOf(choose: Chooser, service: string, verb: Verb): CommandAction {
  return {
    do: 'command',
    service,
    verb,
    channel: choose.one(['client', 'update', 'signal']),
    names: choose.weighted([
      [6, 'current'],
      [2, 'stale'],
      [2, 'nothing'],
    ]),
    stage: choose.weighted([
      [4, 'nothing'],
      [2, 'current'],
      [2, 'wrong'],
    ]),
    fields: fieldsOf(choose, verb),
    reason: chooseText(choose),
    by: chooseText(choose),
    times: choose.chance(0.15) ? choose.whole(2, 4) : 1,
  };
}

/** What only some verbs carry; now and then of a wrong kind. */
function fieldsOf(choose: Chooser, verb: Verb): Readonly<Record<string, unknown>> {
  if (choose.chance(0.1)) return choose.one(MISTYPED);
  switch (verb) {
    case 'pause':
      return choose.chance(0.6) ? { durationMinutes: choose.one([0.02, 0.05, 0.1]) } : {};
    case 'resume':
      return choose.chance(0.3) ? { modifiedConfig: { traffic: choose.one([0.05, 0.1, 0.2, 0.4]) } } : {};
    case 'promote':
      return choose.chance(0.2) ? { full: true } : {};
    case 'configure':
      return {
        autoProgression: choose.chance(0.8),
        ...(choose.chance(0.4) ? { monitoringInterval: choose.one([1, 2]) } : {}),
        ...(choose.chance(0.2) ? { requireManualApproval: choose.one([true, false, 'every-stage']) } : {}),
      };
    case 'setRollbackPolicy':
      return {
        policy: choose.chance(0.2) ? null : { errorRateThreshold: choose.one([0.2, 0.3]) },
        ...(choose.chance(0.2) ? { autoRollback: choose.chance(0.7) } : {}),
      };
    case 'approve':
    case 'reject':
    case 'abort':
    case 'emergencyStop':
    case 'finish':
      return {};
  }
}

const MISTYPED: readonly Readonly<Record<string, unknown>>[] = [
  { durationMinutes: 'long' },
  { modifiedConfig: 'slower' },
  { policy: { errorRateThreshold: 'a few' } },
  { policy: ['2%'] },
  { full: 'yes', stage: '2' },
  { monitoringInterval: -1 },
  { rolloutId: 7 },
  { commandId: { id: 1 } },
  { reason: ['a', 'b'], by: null },
];
