import { beginLife, type LifeStart } from '../rollout/life.js';
import { beforeThePreflight, type StagedTrafficState } from '../staged-traffic/state.js';
import type { BlueGreenPlan } from './plan.js';

/** A switch that was asked for and has yet to be found right. */
export interface SwitchWish {
  /** The environment that shall serve: the name of a slot. */
  readonly to: string;
  /** Whether it must be known to be healthy. */
  readonly validateHealth: boolean;
  /** Tells its answer from that of an earlier one. */
  readonly number: number;
  readonly by?: string;
  readonly reason?: string;
}

/** What came of a switch that was asked for. */
export interface SwitchAnswer {
  readonly number: number;
  /** Why it was refused; `null` when it was made. */
  readonly refused: string | null;
}

/** What only a blue-green rollout remembers. */
interface OfBlueGreen {
  readonly plan: BlueGreenPlan;
  /** Whether the idle environment is up, as far as its hook says. */
  readonly isPrepared: boolean;
  /** `null` while none is asked for. */
  readonly wish: SwitchWish | null;
  /** Of the newest one; `null` before. */
  readonly answered: SwitchAnswer | null;
  /** What has become of the old environment after the end. Absent: nobody was asked, or has answered. */
  readonly old?: 'kept' | 'retired';
}

/** Everything that a blue-green rollout remembers. */
export type BlueGreenState = StagedTrafficState & OfBlueGreen;

export interface BlueGreenStart extends LifeStart {
  readonly plan: BlueGreenPlan;
  readonly again?: boolean;
}

export function beginBlueGreen(start: BlueGreenStart): BlueGreenState {
  const { version, switchWhen } = start.plan;
  const when = switchWhen === 'healthy' ? 'a switch as soon as it is healthy' : 'a switch on command';
  return {
    ...beginLife(start, { what: `Started${version === undefined ? '' : ` ${version}`}: ${when}` }),
    ...beforeThePreflight(start),
    isPrepared: false,
    wish: null,
    answered: null,
  };
}

/** The environment that has the traffic as far as it is read back; `null` before the preflight. */
export function activeOf({ roles, appliedPercent, sharePercent, outcome }: StagedTrafficState): string | null {
  if (roles === null) return null;
  const percent = outcome === null ? (appliedPercent ?? sharePercent) : sharePercent;
  return percent === 0 ? roles.baseline : roles.candidate;
}

/** Whether traffic was switched before, by this rollout. */
export function hasSwitched({ stage }: Pick<StagedTrafficState, 'stage'>): boolean {
  return stage > 0;
}
