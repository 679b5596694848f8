import type { StatusBase } from './rollout/status.js';

/** What Headgate registers in a namespace, and the type of each. All are set at start, so a namespace without them refuses the start. */
export const SEARCH_ATTRIBUTES = {
  HeadgateService: 'KEYWORD',
  HeadgateRolloutId: 'KEYWORD',
  HeadgateRequestId: 'KEYWORD',
  HeadgateStrategy: 'KEYWORD',
  HeadgatePhase: 'KEYWORD',
  HeadgateVerdict: 'KEYWORD',
  /** Of a release that several services are part of; empty until there are any. */
  HeadgateReleaseId: 'KEYWORD',
  HeadgateStage: 'INT',
  HeadgateTrafficPercent: 'DOUBLE',
  HeadgateNeedsHuman: 'BOOL',
} as const;

type AttributeName = keyof typeof SEARCH_ATTRIBUTES;

/** What a value of each type is in JavaScript. */
interface ValueOf {
  KEYWORD: string;
  INT: number;
  DOUBLE: number;
  BOOL: boolean;
}

/** A value for each attribute. */
export type AttributeValues = {
  readonly [Name in AttributeName]: ValueOf[(typeof SEARCH_ATTRIBUTES)[Name]];
};

/** What `HeadgateStrategy` says of a canary. */
export const CANARY = 'canary';

/** The same of a blue-green rollout. */
export const BLUE_GREEN = 'blue-green';

/** The attributes that change while a rollout runs; what a kind does not have is absent. */
export type Attributes = Pick<
  AttributeValues,
  // The first two never change; but a rollout that was started by hand has to be found like any other.
  'HeadgateService' | 'HeadgateStrategy' | 'HeadgateRolloutId' | 'HeadgatePhase' | 'HeadgateNeedsHuman'
> &
  Partial<Pick<AttributeValues, 'HeadgateVerdict' | 'HeadgateStage' | 'HeadgateTrafficPercent'>>;

/** An attribute with its value, of the shape that Temporal's SDK gives them. */
type AttributePair = {
  [Name in AttributeName]: {
    readonly key: { readonly name: Name; readonly type: (typeof SEARCH_ATTRIBUTES)[Name] };
    readonly value: AttributeValues[Name];
  };
}[AttributeName];

/** Each attribute that there is a value for. */
export function attributePairs(values: Partial<AttributeValues>): AttributePair[] {
  return (Object.keys(SEARCH_ATTRIBUTES) as AttributeName[]).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [{ key: { name, type: SEARCH_ATTRIBUTES[name] }, value } as AttributePair];
  });
}

/** What every rollout has of them. */
export function commonAttributesOf(
  { id, service, phase, needsHuman }: Pick<StatusBase, 'id' | 'service' | 'phase' | 'needsHuman'>,
  strategy: string,
): Attributes {
  return {
    HeadgateService: service,
    HeadgateStrategy: strategy,
    HeadgateRolloutId: id,
    HeadgatePhase: phase,
    HeadgateNeedsHuman: needsHuman !== null,
  };
}
