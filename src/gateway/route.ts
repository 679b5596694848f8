import { HeadgateError } from '../domain/errors.js';
import { PARTS_PER_WHOLE, roundPercent, toParts } from '../domain/percent.js';
import { fateOfWrite, NO_FENCE, type FencedWrite } from '../domain/traffic/fence.js';
import { sameWeights, type Weights } from '../domain/traffic/weights.js';
import { CounterLog, type CounterLogOptions } from './counter-log.js';
import type { RouteDefinition } from './options.js';

/** One backend as requests are sent to it. */
export interface Backend {
  readonly name: string;
  readonly url: URL;
  readonly counters: CounterLog;
}

interface Slice {
  /** Exclusive end in parts of the hash range. */
  readonly endParts: number;
  readonly backend: Backend;
}

/** A route at work: its backends, who owns which slice of the hash range, and what each backend did. */
export class Route {
  readonly definition: RouteDefinition;
  private readonly backends: ReadonlyMap<string, Backend>;
  private currentWeights: Weights = [];
  private currentFence = NO_FENCE;
  private slices: readonly Slice[] = [];

  /** @param predecessor keeps its weights and the counters of the backends that stay. */
  constructor(definition: RouteDefinition, counterOptions: CounterLogOptions, predecessor?: Route) {
    this.definition = definition;
    this.backends = new Map(
      Object.entries(definition.backends).map(([name, { url }]) => {
        const counters = predecessor?.backends.get(name)?.counters ?? new CounterLog(counterOptions);
        return [name, { name, url: new URL(url), counters }];
      }),
    );
    const first = Object.keys(definition.backends)[0] ?? '';
    const initial = definition.initialWeights ?? [{ backend: first, percent: 100 }];
    const keeps = predecessor !== undefined && this.knows(predecessor.weights);
    this.setWeights(keeps ? predecessor.weights : initial, keeps ? predecessor.fence : NO_FENCE);
  }

  get name(): string {
    return this.definition.name;
  }

  get weights(): Weights {
    return this.currentWeights;
  }

  /** What stands beside the weights: who wrote them last; `NO_FENCE` when that was nobody who knows of fences. */
  get fence(): number {
    return this.currentFence;
  }

  get backendNames(): readonly string[] {
    return [...this.backends.keys()];
  }

  backend(name: string): Backend | undefined {
    return this.backends.get(name);
  }

  /** Whether every backend that gets users by `weights` is one of this route's. */
  knows(weights: Weights): boolean {
    return this.heeded(weights).every(({ backend }) => this.backends.has(backend));
  }

  /** Without those that it does not have and that get nobody: who takes a backend away must not stand in the way back. */
  private heeded(weights: Weights): Weights {
    return weights.filter(({ backend, percent }) => percent > 0 || this.backends.has(backend));
  }

  /**
   * Sets the weights where the write applies by its fence; one that was made before, or finds what it wants under a greater
   * fence, changes nothing.
   *
   * @throws HeadgateError `STALE_FENCE`, `UNKNOWN_BACKEND`
   */
  write(weights: Weights, write: FencedWrite): void {
    const fate = fateOfWrite(write, this.currentFence, sameWeights(weights, this.currentWeights));
    if (fate === 'apply') this.setWeights(weights, write.fence);
    if (fate !== 'stale') return;
    const wanted = write.onlyIfFence;
    throw new HeadgateError('STALE_FENCE', `The route ${this.name} bears another fence: the write is outdated`, {
      expected: wanted === undefined ? `a fence up to ${String(write.fence)}` : `fence ${[wanted].flat().join(' or ')}`,
      got: String(this.currentFence),
    });
  }

  /**
   * Takes effect with the next request; those in flight finish where they are. Without a fence, none stands beside the
   * weights any more.
   *
   * @throws HeadgateError `UNKNOWN_BACKEND`
   */
  setWeights(wanted: Weights, fence = NO_FENCE): void {
    const weights = this.heeded(wanted);
    let endParts = 0;
    const slices = weights.map(({ backend: name, percent }) => {
      const backend = this.backends.get(name);
      if (backend === undefined) {
        throw new HeadgateError('UNKNOWN_BACKEND', `The route ${this.name} has no backend ${name}`, {
          expected: `one of ${this.backendNames.join(', ')}`,
          got: name,
        });
      }
      endParts += toParts(percent);
      return { endParts, backend };
    });
    this.slices = slices;
    this.currentWeights = weights.map(({ backend, percent }) => ({ backend, percent: roundPercent(percent) }));
    this.currentFence = fence;
  }

  /**
   * Who serves the user `key`; without a key, chance decides.
   *
   * The route's name is part of the hash, so that it is not always the same people who try what is new.
   */
  choose(key: string | null): Backend {
    const part = key === null ? Math.floor(Math.random() * PARTS_PER_WHOLE) : bucketOf(`${this.name}\n${key}`);
    const slice = this.slices.find(({ endParts }) => part < endParts);
    if (slice === undefined) throw new HeadgateError('INVALID_WEIGHTS', `The weights of ${this.name} leave a gap`);
    return slice.backend;
  }
}

const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Where `key` stands on the ring of 100,000 parts.
 *
 * 32-bit FNV-1a over the UTF-16 code units, then the finalizer of MurmurHash3 (`fmix32`, Appleby 2011): FNV alone
 * leaves keys that differ in their last digit side by side.
 */
export function bucketOf(key: string): number {
  let hash = FNV_OFFSET_BASIS;
  for (let index = 0; index < key.length; index += 1) {
    const unit = key.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), FNV_PRIME);
    hash = Math.imul(hash ^ (unit >>> 8), FNV_PRIME);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % PARTS_PER_WHOLE;
}
