import type { Moment } from '../domain/hooks/moments.js';
import { payloadType, type HookFacts, type HookPayload } from '../domain/hooks/payload.js';
import { LONGEST } from '../domain/rollout/bounds.js';
import type { StatusBase } from '../domain/rollout/status.js';
import { isStagedTraffic } from '../domain/staged-traffic/is-staged-traffic.js';
import { cut, oneLine } from '../domain/text.js';
import { describeWeights } from '../domain/traffic/weights.js';
import { nextCommands } from './next.js';

/** What a hook is given besides where the rollout stands. */
export interface HookOccasion {
  readonly moment: Moment;
  readonly ordinal: number;
  readonly sequence?: number;
  /** Why it is told. Default: why the rollout stands where it stands. */
  readonly why?: string;
  readonly facts?: HookFacts;
  /** The id of the command that has stopped it. */
  readonly stoppedBy?: string;
  readonly atMs: number;
}

/** What a hook is given: what, where, why, and the commands to type. */
export function hookPayload(status: StatusBase, occasion: HookOccasion): HookPayload {
  const { moment, ordinal, sequence, facts, stoppedBy, atMs } = occasion;
  const why = occasion.why ?? status.reason;
  return {
    type: payloadType(moment),
    timestamp: new Date(atMs).toISOString(),
    data: {
      moment,
      rolloutId: status.id,
      service: status.service,
      version: status.version,
      ordinal,
      ...(sequence === undefined ? {} : { sequence }),
      phase: status.phase,
      outcome: status.outcome,
      what: WHAT[moment](status),
      where: whereWords(status),
      why: cut(oneLine(why), LONGEST.reason),
      commands: nextCommands(status),
      ...(stoppedBy === undefined ? {} : { stoppedBy }),
      ...(facts === undefined ? {} : { facts }),
    },
  };
}

const WHAT: Readonly<Record<Moment, (status: StatusBase) => string>> = {
  prepare: (status) => `May the idle environment of ${nameOf(status)} be brought up?`,
  beforeSwitch: (status) => `May all traffic of ${nameOf(status)} be switched?`,
  afterSwitch: (status) => `${nameOf(status)} was switched`,
  beforeStage: (status) => `May the next share of ${nameOf(status)} be set?`,
  whileStage: (status) => `A stage of ${nameOf(status)} has begun`,
  confirmPromotion: (status) => `May ${nameOf(status)} be promoted?`,
  retire: (status) => `May the old environment of ${nameOf(status)} be given up?`,
  rolledBack: (status) => `${nameOf(status)} is back on what served before`,
  needsHuman: (status) => `${nameOf(status)} needs a person`,
  completed: (status) => `${nameOf(status)}: ${OUTCOMES[status.outcome ?? 'aborted']}`,
};

const OUTCOMES = {
  promoted: 'promoted',
  rolledBack: 'rolled back',
  aborted: 'aborted',
  superseded: 'superseded',
} as const;

function nameOf({ service, version }: StatusBase): string {
  return version === null ? service : `${service} ${version}`;
}

function whereWords(status: StatusBase): string {
  if (!isStagedTraffic(status)) return status.shown?.join(', ') ?? status.phase;
  const { desired, currentStage, stageCount } = status;
  const traffic = desired === null ? 'nothing was moved' : describeWeights(desired);
  return currentStage === 0 ? traffic : `${traffic}, stage ${String(currentStage)} of ${String(stageCount)}`;
}
