import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdapterUnavailableError, HeadgateError, type ErrorFacts } from '../../../domain/errors.js';
import { NO_FENCE, type FencedWrite } from '../../../domain/traffic/fence.js';
import { describeWeights, type Weights } from '../../../domain/traffic/weights.js';
import type {
  InstanceWeights,
  Route,
  TrafficRouter,
  WeightChange,
  WriteLimits,
  WriteOptions,
} from '../../../ports/traffic-router.js';
import { PLAIN, SharedFile } from '../../files/shared-file.js';
import { SharedLock } from '../../files/shared-lock.js';
import { readEach } from '../read-each.js';
import { notEverywhere, notEveryChange, type FailedChange, type Failure } from '../write-failures.js';
import type { Order } from './entry-state.js';
import { describeRefusal } from './failure.js';
import { GroupWrite, type FileGroup } from './group-write.js';
import { createHaproxyInstance, type HaproxyInstance } from './instance.js';
import { lookAtFile } from './map-file.js';
import { assertNames } from './names.js';
import { obstaclesOf } from './obstacles.js';
import { HaproxyRefusal } from './refusal.js';
import { splitOf, weightsOf } from './split.js';
import { readService } from './reading.js';
import { Turns } from './turns.js';

const NAME = 'router "haproxy"';

/** One HAProxy as it is configured. */
export interface HaproxyAddress {
  /** Path of its runtime socket, or host:port. */
  readonly socket: string;
  /**
   * The file of its map as this process reaches it; `null` where it cannot: then a restart loses the share, and only the
   * workers of one machine are kept apart. Of two on different ones that write on the same condition in the same
   * millisecond both may be told that they did, and an undo may be overtaken by what was under way elsewhere.
   */
  readonly mapFile: string | null;
}

export interface HaproxyOptions {
  /** The map as haproxy.cfg names it. */
  readonly map: string;
  readonly instances: readonly HaproxyAddress[];
  /** How long one answer may take. */
  readonly timeoutMs: number;
}

/**
 * Splits traffic by one entry of a map that every HAProxy looks up for every request, set at run time and in the file
 * of the map, with the fence in an entry beside it. The route is the key of the entry, a target is the name of a backend.
 * See docs/haproxy.md.
 */
export function createHaproxyRouter(options: HaproxyOptions): TrafficRouter {
  return new HaproxyRouter(options);
}

class HaproxyRouter implements TrafficRouter {
  private readonly instances: readonly HaproxyInstance[];
  private readonly groups: readonly FileGroup[];

  constructor(private readonly options: HaproxyOptions) {
    const { map, timeoutMs } = options;
    this.instances = options.instances.map(({ socket }) => createHaproxyInstance({ map, socket, timeoutMs }));
    const withFile = [...new Set(options.instances.map(({ mapFile }) => mapFile))].filter((path) => path !== null);
    const instancesOf = (path: string | null): readonly HaproxyInstance[] =>
      this.instances.filter((_, index) => options.instances[index]?.mapFile === path);
    const turns = new Turns();
    this.groups = [
      ...withFile.map((path) => {
        const keptIn = new SharedFile(path, PLAIN, { lockTimeoutMs: timeoutMs });
        return { keptIn, instances: instancesOf(path), turns, timeoutMs };
      }),
      ...instancesOf(null).map((instance) => {
        const keptIn = new SharedLock(machineLockOf(instance));
        return { keptIn, instances: [instance], turns, timeoutMs };
      }),
    ];
  }

  async readWeights(route: Route): Promise<readonly InstanceWeights[]> {
    assertNames(NAME, route);
    return readEach(this.instances, {
      nameOf: ({ socket }) => socket,
      read: (_, index) => this.readInstance(route, index),
      isOfConfiguration,
      inWords: describeRefusal,
      none: (failures) => new AdapterUnavailableError(NAME, `${route.service} cannot be split`, factsOf(failures)),
    });
  }

  async setWeights(route: Route, weights: Weights, { signal, notAfterMs, ...write }: WriteOptions): Promise<void> {
    const order = orderOf(route, weights, write);
    signal?.throwIfAborted();
    const failures = (await this.write([order], { signal, notAfterMs })).get(order) ?? [];
    signal?.throwIfAborted();
    if (failures.length === 0) return;
    const facts = factsOf(failures);
    throw notEverywhere(NAME, failures, {
      what: 'could not be told',
      count: this.instances.length,
      notKept: 'the weights are not in the map file: a restart would lose them',
      ...facts,
      expected: facts.expected ?? describeWeights(weights),
    });
  }

  async setMany(changes: readonly WeightChange[], limits: WriteLimits = {}): Promise<void> {
    limits.signal?.throwIfAborted();
    const orders = changes.map(readChange);
    const failures = await this.write(
      orders.filter((order): order is Order => !(order instanceof HeadgateError)),
      limits,
    );
    limits.signal?.throwIfAborted();
    const failed = orders.map((order, index): FailedChange => {
      const service = changes[index]?.route.service ?? '';
      if (!(order instanceof HeadgateError)) return { service, failures: failures.get(order) ?? [] };
      return { service, failures: this.instances.map(({ socket }) => ({ instance: socket, error: order })) };
    });
    const named = failed.filter((one) => one.failures.length > 0);
    if (named.length > 0) throw notEveryChange(NAME, named, changes.length, describeRefusal);
  }

  async whyNotSplittable(route: Route, splits: readonly Weights[]) {
    assertNames(NAME, route);
    const files = this.options.instances.map(({ mapFile }) => mapFile);
    return obstaclesOf(this.instances, files, route, splits);
  }

  private async write(orders: readonly Order[], limits: WriteLimits): Promise<ReadonlyMap<Order, readonly Failure[]>> {
    const written = await Promise.all(this.groups.map((group) => new GroupWrite(group, orders, limits).run()));
    return new Map(orders.map((order) => [order, written.flatMap((one) => one.get(order) ?? [])]));
  }

  /**
   * The file is read first: what is written meanwhile is in the process before it is in the file. A greater fence in the
   * file was decided for this instance as well, whatever it does; but who took its own away is not covered up.
   */
  private async readInstance(route: Route, index: number): Promise<InstanceWeights> {
    const [instance, mapFile = null] = [this.instances[index], this.options.instances[index]?.mapFile];
    if (instance === undefined) throw new RangeError(`there is no instance ${String(index)}`);
    const file = mapFile === null ? null : await lookAtFile(mapFile, route.service);
    const { split, fence } = await readService(instance, route);
    const read = {
      instance: instance.socket,
      weights: weightsOf(route, split),
      fence: fence === NO_FENCE ? NO_FENCE : Math.max(fence, file?.fence ?? NO_FENCE),
    };
    const reason = file?.whyNotWritable ?? null;
    if (reason === null) return read;
    return { ...read, fleeting: `its map file cannot be written, so a restart would lose the weights: ${reason}` };
  }
}

/** Of this machine, for one whose map file cannot be reached. */
export function machineLockOf({ socket, map }: Pick<HaproxyInstance, 'socket' | 'map'>): string {
  const name = createHash('sha256').update(`${socket}\n${map}`).digest('hex').slice(0, 16);
  return join(tmpdir(), `headgate-${name}.lock`);
}

function orderOf(route: Route, weights: Weights, write: FencedWrite): Order {
  assertNames(NAME, route);
  return { ...write, key: route.service, split: splitOf(route, weights) };
}

/** The refusal where the change says what cannot be: it keeps no other from being made. */
function readChange({ route, weights, ...write }: WeightChange): Order | HeadgateError {
  try {
    return orderOf(route, weights, write);
  } catch (error) {
    if (error instanceof HeadgateError) return error;
    throw error;
  }
}

/** What went wrong where, and what helps. */
function factsOf(failures: readonly Failure[]): ErrorFacts {
  const refusal = failures.map(({ error }) => error).find((error) => error instanceof HaproxyRefusal);
  return {
    got: failures.map(({ instance, error }) => `${instance}: ${describeRefusal(error)}`).join('; '),
    ...refusal?.facts,
  };
}

function isOfConfiguration(reason: unknown): boolean {
  return reason instanceof HaproxyRefusal && reason.isOfConfiguration;
}
