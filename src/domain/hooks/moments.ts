/** When a rollout asks or tells a hook, in the order of its life. */
export const MOMENTS = [
  'prepare',
  'beforeSwitch',
  'afterSwitch',
  'beforeStage',
  'whileStage',
  'confirmPromotion',
  'retire',
  'rolledBack',
  'needsHuman',
  'completed',
] as const;

export type Moment = (typeof MOMENTS)[number];

/**
 * What a moment is for. A *gate* needs an answer, and only an explicit yes is one. A *notice* tells, and decides nothing. A
 * *load* runs for as long as a stage lasts, and is ended with it.
 */
type Purpose = 'gate' | 'notice' | 'load';

export const PURPOSE_OF = {
  prepare: 'gate',
  beforeSwitch: 'gate',
  afterSwitch: 'notice',
  beforeStage: 'gate',
  whileStage: 'load',
  confirmPromotion: 'gate',
  retire: 'gate',
  rolledBack: 'notice',
  needsHuman: 'notice',
  completed: 'notice',
} as const satisfies Readonly<Record<Moment, Purpose>>;

type WithPurpose<P extends Purpose> = {
  [M in Moment]: (typeof PURPOSE_OF)[M] extends P ? M : never;
}[Moment];

/** A moment that waits for an answer. */
export type Gate = WithPurpose<'gate'>;

/** A moment that only tells. */
export type Notice = WithPurpose<'notice'>;

/** What an answer means, in words for people. */
export interface Meaning {
  /** When it is. */
  readonly when: string;
  readonly no: string;
  /** No answer by the hook's deadline: hung up on, too late, unreadable, an error. */
  readonly silence: string;
}

const NOTHING_DECIDED = 'counted, decides nothing';
const DROPPED = 'dropped and counted, decides nothing';

/** The one table of what *no* and silence mean; docs/hooks.md shows it. */
export const MEANINGS: Readonly<Record<Moment, Meaning>> = {
  prepare: {
    when: 'to bring the idle environment up, before it is looked at',
    no: 'the rollout stops, nothing was moved',
    silence: 'held, a person is called',
  },
  beforeSwitch: {
    when: 'before all traffic is switched to the new environment',
    no: 'nothing is switched; held, a person is called',
    silence: 'held, a person is called',
  },
  afterSwitch: { when: 'after every switch, also back', no: NOTHING_DECIDED, silence: DROPPED },
  beforeStage: {
    when: "before a stage's share is set",
    no: 'held, a person is called',
    silence: 'held, a person is called',
  },
  whileStage: { when: 'while a stage lasts; ended with it', no: NOTHING_DECIDED, silence: NOTHING_DECIDED },
  confirmPromotion: {
    when: 'after the last stage, before its share is confirmed',
    no: 'held at full load, a person is called',
    silence: 'held at full load, a person is called',
  },
  retire: {
    when: 'after the end, to give the old environment up',
    no: 'it is kept, a person is told; the rollout has ended all the same',
    silence: 'the same',
  },
  rolledBack: { when: 'when traffic is back', no: NOTHING_DECIDED, silence: DROPPED },
  needsHuman: { when: 'when a person is called, once for each cause', no: NOTHING_DECIDED, silence: DROPPED },
  completed: { when: 'at every end', no: NOTHING_DECIDED, silence: DROPPED },
};
