import type { Verb } from '../../../src/domain/stages/commands.js';
import type { TextSpec } from './texts.js';

/** On which data plane. */
export const CHAOS_ROUTERS = ['gateway', 'envoy'] as const;
export type ChaosRouter = (typeof CHAOS_ROUTERS)[number];

/** What a seed makes and a round carries out. It is plain data: the same file gives the same steps again. */
export interface Schedule {
  readonly seed: number;
  readonly router: ChaosRouter;
  readonly workers: number;
  readonly services: readonly ServiceSetup[];
  /** How long steps are taken for; then every fault is lifted. */
  readonly durationMs: number;
  /** In the order of their times. */
  readonly steps: readonly Step[];
}

export interface ServiceSetup {
  readonly name: string;
  readonly requestsPerSecond: number;
  /** Whether its backends say which version they run, and Headgate is told where. */
  readonly tellsVersion: boolean;
}

/** Milliseconds after the round began. */
export type Step = { readonly atMs: number; readonly when?: Moment } & Action;

/** A step that waits, from its time on, for something to happen; it is taken in any case when that is long in coming. */
export interface Moment {
  /** A worker writes the weights of this service, and they have not arrived. */
  readonly writing: string;
}

export type Action = ServiceAction | FaultAction;

export type ServiceAction =
  StartAction | GarbageAction | CommandAction | CancelAction | TerminateAction | WeightsAction | BehaveAction;

/** How a rollout is asked for: by the library, the command line that waits for the end, or raw JSON. */
export type StartChannel = 'client' | 'cli' | 'raw';

export interface StartAction {
  readonly do: 'start';
  readonly service: string;
  readonly via: StartChannel;
  readonly plan: PlanShape;
  /** How the version that is brought in behaves, and when it turns. */
  readonly candidate: Turn;
  /** Waits for the rollout before to end, and starts in that moment. */
  readonly rightAfterEnd: boolean;
  /** Takes over the weights as they are; the serving slot is the one that served before. */
  readonly adopt: boolean;
  readonly requestedBy: TextSpec;
  /** The id of the pipeline's run: that of the start before, another attempt of the same job, or one of its own. */
  readonly request: 'none' | 'same' | 'again' | 'new';
  /** Only raw starts and the library take it. */
  readonly historyLimit?: number;
}

export interface PlanShape {
  readonly stages: readonly { readonly percent: number; readonly durationMs: number; readonly approval?: Approval }[];
  readonly autoProgression: boolean;
  readonly autoRollback: boolean;
  readonly onDrift: 'hold' | 'abort';
  readonly onUnknown: 'hold' | 'abort' | 'continue';
  readonly health: boolean;
  readonly version?: TextSpec;
}

export interface Approval {
  readonly timeoutMs: number | null;
  readonly onTimeout: 'abort' | 'hold';
}

/** How a backend behaves. */
export type Behaviour =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'failing'; readonly share: number }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'hanging' }
  | { readonly kind: 'crashed' };

export interface Turn {
  readonly to: Behaviour;
  readonly afterMs: number;
}

/** A workflow that somebody starts by hand with something that is no plan. */
export interface GarbageAction {
  readonly do: 'garbage';
  readonly service: string;
  readonly input: unknown;
}

/**
 * By the library; by an update or a signal with its own JSON, as Temporal's command line sends them; by Headgate's own,
 * which waits until an abort is done.
 */
export type CommandChannel = 'client' | 'update' | 'signal' | 'cli';

export interface CommandAction {
  readonly do: 'command';
  readonly service: string;
  readonly verb: Verb;
  readonly channel: CommandChannel;
  /** Which rollout it names: the one in flight, one that ended before, none. */
  readonly names: 'current' | 'stale' | 'nothing';
  /** Which stage it names; `wrong` is none that there is. */
  readonly stage: 'current' | 'wrong' | 'nothing';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly reason: TextSpec;
  readonly by: TextSpec;
  /** How often the very same message is sent. */
  readonly times: number;
}

export interface CancelAction {
  readonly do: 'cancel';
  readonly service: string;
}

/** What a person does after a rollout was terminated, if anything. */
export interface TerminateAction {
  readonly do: 'terminate';
  readonly service: string;
  readonly then: 'breakGlass' | 'adopt' | 'nothing';
}

/** Somebody moves traffic past Headgate. */
export interface WeightsAction {
  readonly do: 'moveByHand';
  readonly service: string;
  readonly greenPercent: number;
}

export interface BehaveAction {
  readonly do: 'behave';
  readonly service: string;
  readonly who: 'both' | 'baseline' | 'candidate';
  readonly how: Behaviour;
  readonly forMs: number;
}

/** What goes wrong with what a rollout needs. Every fault ends after `forMs`. */
export type FaultAction =
  | { readonly do: 'killWorker'; readonly worker: number; readonly forMs: number }
  | { readonly do: 'stopWorker'; readonly worker: number; readonly forMs: number }
  | { readonly do: 'freezeWorker'; readonly worker: number; readonly forMs: number }
  | { readonly do: 'cutWorker'; readonly worker: number; readonly forMs: number }
  | { readonly do: 'killTemporal'; readonly forMs: number }
  | { readonly do: 'freezeTemporal'; readonly forMs: number }
  | {
      readonly do: 'disturb';
      readonly what: Disturbed;
      readonly worker: number;
      readonly how: Disturbance;
      readonly forMs: number;
    }
  | { readonly do: 'takeJournal'; readonly forMs: number };

/** What stands between a worker and the admin API, as its router or as its metric source sees it. */
export type Disturbed = 'router' | 'metrics';

export type Disturbance =
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** The next write arrives so late; what is asked after it is answered at once. */
  | { readonly kind: 'late'; readonly delayMs: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'refusing' }
  | { readonly kind: 'failing' }
  /** One answer is another one than it should be; then all is well. */
  | { readonly kind: 'lying'; readonly lie: Lie };

export const LIES = ['garbled', 'cut', 'empty', 'html', 'stale'] as const;
export type Lie = (typeof LIES)[number];
