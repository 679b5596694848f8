import { nextFence, NO_FENCE, type Writer } from '../traffic/fence.js';
import { describeWeights, sameWeights, shareOf, type Weights } from '../traffic/weights.js';

/** One instance of the data plane, as it was read. */
export type Instance =
  | { readonly instance: string; readonly weights: Weights; readonly fence: number; readonly fleeting?: string }
  | { readonly instance: string; readonly unreachable: string };

/** A service, as a stop finds it. */
export interface ServiceFound {
  readonly instances: readonly Instance[];
  /** The backends that there are. */
  readonly slots: readonly string[];
  /** Of the rollout in flight; `baseline` is `null` while nobody but itself knows it. `null`: none is in flight. */
  readonly inFlight: { readonly baseline: string | null } | null;
  /** What this stop has written before; `null`: nothing. */
  readonly written: ServiceWrite | null;
}

export interface ServiceWrite {
  readonly weights: Weights;
  readonly fence: number;
}

/** The same, by its service. */
export interface WrittenService extends ServiceWrite {
  readonly service: string;
}

/** What a stop does about one service now. */
export type ServiceStep =
  | { readonly kind: 'write'; readonly write: ServiceWrite }
  | { readonly kind: 'done' }
  /** Nothing can be done now that has not been. */
  | { readonly kind: 'left'; readonly why: string };

type Read = Extract<Instance, { readonly weights: Weights }>;

/**
 * A service in flight goes back to its baseline; a resting one keeps its weights. Both get a new fence, so that whatever was
 * decided before is outdated wherever it is written. What a later decision has left stays, unless traffic is split.
 *
 * @param writer who stops
 */
export function stepOf(
  { instances, slots, inFlight, written }: ServiceFound,
  writer: Writer = 'stopTheLine',
): ServiceStep {
  const read = instances.filter((one): one is Read => 'weights' in one);
  const unreachable = unreachableWords(instances);
  if (read.length === 0) return { kind: 'left', why: unreachable ?? 'no instance of the data plane answers' };
  const isDone = written !== null && read.every((one) => isFollowed(one, written));
  if (isDone) {
    const why = unreachable ?? fleetingWords(read);
    return why === null ? { kind: 'done' } : { kind: 'left', why };
  }
  const weights = wantedOf(read, slots, inFlight?.baseline ?? null) ?? written?.weights ?? null;
  if (weights === null) return leftSplit(read, inFlight !== null);
  return { kind: 'write', write: { weights, fence: nextFence(greatestOf(read), writer) } };
}

/** The weights that nobody has told to be so: no rollout is in flight, and several backends have traffic. */
export function isMixed({ instances, inFlight }: Pick<ServiceFound, 'instances' | 'inFlight'>): boolean {
  if (inFlight !== null) return false;
  const read = instances.filter((one): one is Read => 'weights' in one);
  return read.some(({ weights }) => !isWhole(weights)) || uniformOf(read) === null;
}

function wantedOf(read: readonly Read[], slots: readonly string[], baseline: string | null): Weights | null {
  if (baseline === null || !slots.includes(baseline)) return uniformOf(read);
  // The first owns the first slice of the hash range: the candidate, which gets none of it.
  const others = slots.filter((slot) => slot !== baseline).map((backend) => ({ backend, percent: 0 }));
  return [...others, { backend: baseline, percent: 100 }];
}

function uniformOf([first, ...others]: readonly Read[]): Weights | null {
  if (first === undefined || others.some(({ weights }) => !sameWeights(weights, first.weights))) return null;
  return first.weights;
}

/** Whether it does what was written, or what somebody has decided since who split nothing. */
function isFollowed({ weights, fence }: Read, written: ServiceWrite): boolean {
  if (fence < written.fence) return false;
  return sameWeights(weights, written.weights) || (fence > written.fence && isWhole(weights));
}

function isWhole(weights: Weights): boolean {
  return weights.some(({ backend }) => shareOf(weights, backend) === 100);
}

function greatestOf(read: readonly Read[]): number {
  return Math.max(NO_FENCE, ...read.map(({ fence }) => fence));
}

/** Instances that disagree cannot be told to go on as they do, for one write is for all of them. */
function leftSplit(read: readonly Read[], isInFlight: boolean): ServiceStep {
  if (isInFlight) return { kind: 'left', why: 'its rollout has just begun, and goes back by itself' };
  const does = read.map(({ instance, weights }) => `${instance} ${describeWeights(weights)}`).join('; ');
  return { kind: 'left', why: `its instances disagree, and no rollout says what to go back to: ${does}` };
}

function unreachableWords(instances: readonly Instance[]): string | null {
  const away = instances.flatMap((one) =>
    'unreachable' in one ? [`${one.instance} cannot be reached: ${one.unreachable}`] : [],
  );
  return away.length === 0 ? null : away.join('; ');
}

function fleetingWords(read: readonly Read[]): string | null {
  const words = read.flatMap(({ instance, fleeting }) =>
    fleeting === undefined ? [] : [`${instance} would forget it at its next start: ${fleeting}`],
  );
  return words.length === 0 ? null : words.join('; ');
}
