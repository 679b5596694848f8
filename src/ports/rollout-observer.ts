import type { WatchPicture } from '../domain/traffic/picture.js';
import type { StatusBase } from '../domain/rollout/status.js';
import type { HookReport } from '../domain/hooks/answer.js';
import type { Moment } from '../domain/hooks/moments.js';
import type { Roles } from '../domain/traffic/weights.js';

/** One stage that is being guarded. */
export interface WatchedStage {
  readonly service: string;
  readonly roles: Roles;
  /** The candidate's desired share, 0–100. */
  readonly sharePercent: number;
}

/** Hears what one watch sees, from its beginning to its end. */
export interface WatchObserver {
  saw(picture: WatchPicture): void;
  ended(): void;
}

/** What became of a question or a notice. */
export interface HookRun {
  readonly hook: string;
  readonly moment: Moment;
  readonly answer: HookReport['answer'];
}

/** Who is told what the activities of this worker see, e.g. to count it. Never throws and never waits. */
export interface RolloutObserver {
  watching(stage: WatchedStage): WatchObserver;
  /** A rollout is over, and that is on record. */
  concluded(status: StatusBase): void;
  ranHook?(run: HookRun): void;
}

/** Nobody listens. */
export const UNOBSERVED: RolloutObserver = {
  watching: () => ({ saw: () => undefined, ended: () => undefined }),
  concluded: () => undefined,
};
