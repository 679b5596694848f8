import { AdapterUnavailableError, WeightsNotLastingError, type ErrorFacts } from '../../../domain/errors.js';
import { describeWeights, type Weights } from '../../../domain/rollout/weights.js';
import { NO_FENCE } from '../../../domain/rollout/fence.js';
import type {
  InstanceWeights,
  Route,
  SplitObstacle,
  TrafficRouter,
  WeightChange,
  WriteLimits,
  WriteOptions,
} from '../../../ports/traffic-router.js';
import { describeFailure } from '../../http/json-client.js';
import { createHaproxyInstance, type HaproxyInstance } from './instance.js';
import { whyNotWritable, writeEntry } from './map-file.js';
import { assertNames } from './names.js';
import { HaproxyRefusal } from './refusal.js';
import { splitOf, weightsOf, writeSplit, type Split } from './split.js';

const NAME = 'router "haproxy"';

/** One HAProxy as it is configured. */
export interface HaproxyAddress {
  /** Path of its runtime socket, or host:port. */
  readonly socket: string;
  /** The file of its map as this process reaches it; `null` where it cannot: then a restart loses the share. */
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
 * of the map. The route is the key of the entry, a target is the name of a backend. See docs/haproxy.md.
 */
export function createHaproxyRouter(options: HaproxyOptions): TrafficRouter {
  return new HaproxyRouter(options);
}

class HaproxyRouter implements TrafficRouter {
  private readonly instances: readonly HaproxyInstance[];

  constructor(private readonly options: HaproxyOptions) {
    const { map, timeoutMs } = options;
    this.instances = options.instances.map(({ socket }) => createHaproxyInstance({ map, socket, timeoutMs }));
  }

  async readWeights(route: Route): Promise<readonly InstanceWeights[]> {
    assertNames(NAME, route);
    const backends = Object.values(route.targets);
    const answers = await Promise.allSettled(
      this.instances.map((instance) => instance.readSplit(route.service, backends)),
    );
    const refusals = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    if (refusals.length === answers.length && refusals.every(isOfConfiguration)) {
      throw new AdapterUnavailableError(NAME, `${route.service} cannot be split`, this.factsOf(answers));
    }
    return Promise.all(
      answers.map(async (answer, index): Promise<InstanceWeights> => {
        const instance = this.instances[index]?.socket ?? '';
        if (answer.status === 'rejected') return { instance, unreachable: describeRefusal(answer.reason) };
        const fleeting = await this.whyFleeting(route, index);
        return {
          instance,
          weights: weightsOf(route, answer.value),
          fence: NO_FENCE,
          ...(fleeting !== null && { fleeting }),
        };
      }),
    );
  }

  async setWeights(route: Route, weights: Weights, limits: WriteOptions): Promise<void> {
    const { signal, notAfterMs } = limits;
    assertNames(NAME, route);
    const split = splitOf(route, weights);
    signal?.throwIfAborted();
    // Both at once: a disk that is slow must not keep users on a candidate that is bad.
    const [told, kept] = await Promise.all([
      Promise.allSettled(this.instances.map((instance) => instance.writeSplit(route.service, split, limits))),
      this.keep(route, split, notAfterMs),
    ]);
    signal?.throwIfAborted();
    const facts = this.factsOf(told, kept);
    const failed = told.filter(({ status }) => status === 'rejected').length;
    if (kept.length > 0) {
      throw new WeightsNotLastingError(NAME, 'the weights are not in the map file: a restart would lose them', facts);
    }
    if (failed === 0) return;
    throw new AdapterUnavailableError(NAME, `${String(failed)} of ${String(told.length)} instances could not be told`, {
      ...facts,
      expected: facts.expected ?? describeWeights(weights),
    });
  }

  async setMany(changes: readonly WeightChange[], limits: WriteLimits = {}): Promise<void> {
    await Promise.all(
      changes.map(({ route, weights, ...write }) => this.setWeights(route, weights, { ...limits, ...write })),
    );
  }

  whyNotSplittable(): Promise<readonly SplitObstacle[]> {
    return Promise.resolve([]);
  }

  /** Writes every map file once; a line for each that could not be written. */
  private async keep({ service }: Route, split: Split, notAfterMs?: number): Promise<readonly string[]> {
    const files = new Set(this.options.instances.flatMap(({ mapFile }) => (mapFile === null ? [] : [mapFile])));
    const failures = await Promise.all(
      [...files].map((file) =>
        writeEntry(file, service, writeSplit(split), this.options.timeoutMs, notAfterMs).then(
          () => [],
          (error: unknown) => [`${file}: ${describeFailure(error)}`],
        ),
      ),
    );
    return failures.flat();
  }

  private async whyFleeting({ service }: Route, index: number): Promise<string | null> {
    const mapFile = this.options.instances[index]?.mapFile ?? null;
    if (mapFile === null) return null;
    const reason = await whyNotWritable(mapFile, service);
    return reason === null ? null : `its map file cannot be written, so a restart would lose the weights: ${reason}`;
  }

  /** What went wrong where, and what helps. */
  private factsOf(answers: readonly PromiseSettledResult<unknown>[], more: readonly string[] = []): ErrorFacts {
    const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    const refusal = reasons.find((reason) => reason instanceof HaproxyRefusal);
    const lines = answers.flatMap((answer, index) =>
      answer.status === 'rejected' ? [`${this.instances[index]?.socket ?? ''}: ${describeRefusal(answer.reason)}`] : [],
    );
    return { got: [...lines, ...more].join('; '), ...refusal?.facts };
  }
}

function describeRefusal(reason: unknown): string {
  if (!(reason instanceof HaproxyRefusal)) return describeTransport(reason);
  return `${reason.message}; expected ${reason.facts.expected}. ${reason.facts.remedy}`;
}

/** Who may not open the socket is told what to change, not only the system's word for it. */
function describeTransport(reason: unknown): string {
  const said = describeFailure(reason);
  return reason instanceof Error && 'code' in reason && reason.code === 'EACCES'
    ? `${said}. The worker needs the right to write to the socket: set mode, user or group of "stats socket"`
    : said;
}

function isOfConfiguration(reason: unknown): boolean {
  return reason instanceof HaproxyRefusal && reason.isOfConfiguration;
}
