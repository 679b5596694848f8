import { z } from 'zod';
import { NO_FENCE, type FencedWrite } from '../../domain/traffic/fence.js';
import type { WriteLimits, WriteOptions } from '../../ports/traffic-router.js';
import { createJsonClient, describeFailure, type JsonAnswer } from '../http/json-client.js';
import { shareQuestions, type QuestionOptions } from './shared-questions.js';

/** How to reach the admin APIs of a service's gateways. */
export interface GatewayInstances {
  /** Admin URLs, one per instance. */
  readonly instances: readonly string[];
  /** How long one answer may take. */
  readonly timeoutMs: number;
}

const weightsSchema = z.object({
  weights: z.array(z.object({ backend: z.string(), percent: z.number() })),
  /** A gateway of an earlier version knows of none. */
  fence: z.number().default(NO_FENCE),
  /** Why what is in force would not outlive a restart; `null` also where nothing shall. */
  saveError: z.string().nullable().default(null),
});

const refusalSchema = z.object({
  code: z.string(),
  message: z.string(),
  expected: z.string().optional(),
  got: z.string().optional(),
});

const bulkSchema = z.object({
  results: z.array(z.union([refusalSchema, z.object({ code: z.undefined().optional() })])),
  saveError: z.string().nullable().default(null),
});

const routeSchema = z.object({ backends: z.record(z.string(), z.unknown()) });

const samplesSchema = z.object({
  latencyBoundsMs: z.array(z.number()),
  samples: z.array(
    z.union([
      z.null(),
      z.object({
        requests: z.number(),
        errors: z.number(),
        unanswered: z.number().optional(),
        latencyCounts: z.array(z.number()),
      }),
    ]),
  ),
});

/** Shares in the words of the data plane, and the fence beside them. */
export type RouteWeights = z.output<typeof weightsSchema>;
export type TargetWeights = RouteWeights['weights'];

/** One route's part of a bulk write. */
export interface RouteChange extends FencedWrite {
  readonly route: string;
  readonly weights: TargetWeights;
}

/** What became of a bulk write. */
export interface BulkAnswer {
  /** By change, in their order: `null` where it was made. */
  readonly refusals: readonly (GatewayRefusal | null)[];
  readonly saveError: string | null;
}
export type CountsAnswer = z.output<typeof samplesSchema>;

/** An instance that answered, but not with what was asked for. */
export class GatewayRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** What the gateway had instead of what was expected, in its words. */
    readonly got?: string,
  ) {
    super(message);
    this.name = 'GatewayRefusal';
  }
}

export interface SampleRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** The admin API of one gateway, typed. Throws {@link GatewayRefusal}, or the transport's error. */
export interface GatewayAdmin {
  readonly instance: string;
  weights(route: string, options?: QuestionOptions): Promise<RouteWeights>;
  /**
   * Between what is sent and what the gateway does with it lies a moment that no deadline reaches: a request that a
   * frozen network or gateway keeps is carried out when it arrives.
   */
  setWeights(route: string, weights: TargetWeights, options: WriteOptions): Promise<RouteWeights>;
  /** In one request. */
  setMany(changes: readonly RouteChange[], limits?: WriteLimits): Promise<BulkAnswer>;
  /** The names of the route's backends. */
  backends(route: string, signal?: AbortSignal): Promise<readonly string[]>;
  samples(route: string, target: string, range: SampleRange, options?: QuestionOptions): Promise<CountsAnswer>;
}

export function createGatewayAdmins({ instances, timeoutMs }: GatewayInstances): readonly GatewayAdmin[] {
  const ask = createJsonClient(timeoutMs);
  return instances.map((instance) => {
    const base = instance.replace(/\/+$/, '');
    const askPath = shareQuestions(ask, base);
    const weightsPath = (route: string): string => `/routes/${encodeURIComponent(route)}/weights`;
    return {
      instance,
      async weights(route, options) {
        return understood(weightsSchema, await askPath(weightsPath(route), options));
      },
      async setWeights(route, weights, { fence, onlyIfFence, signal, notAfterMs }) {
        const body = { weights, fence, onlyIfFence };
        const url = `${base}${weightsPath(route)}`;
        return understood(weightsSchema, await ask({ method: 'PUT', url, body, signal, notAfterMs }));
      },
      async setMany(changes, limits) {
        const answer = await ask({ method: 'PUT', url: `${base}/weights`, body: { changes }, ...limits });
        const { results, saveError } = understood(bulkSchema, answer);
        if (results.length !== changes.length) throw notAGateway(answer);
        return {
          refusals: results.map((result) => (result.code === undefined ? null : refusalOf(result))),
          saveError,
        };
      },
      async backends(route, signal) {
        const answer = await ask({ url: `${base}/routes/${encodeURIComponent(route)}`, signal });
        return Object.keys(understood(routeSchema, answer).backends);
      },
      async samples(route, target, { fromMs, toMs, stepMs }, options) {
        const path = `/routes/${encodeURIComponent(route)}/backends/${encodeURIComponent(target)}/samples`;
        const query = `from=${String(fromMs)}&to=${String(toMs)}&step=${String(stepMs)}`;
        return understood(samplesSchema, await askPath(`${path}?${query}`, options));
      },
    };
  });
}

function understood<Schema extends z.ZodType>(schema: Schema, { status, body }: JsonAnswer): z.output<Schema> {
  if (status === 200) {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw notAGateway({ body });
  }
  const refusal = refusalSchema.safeParse(body);
  if (!refusal.success)
    throw new GatewayRefusal('NOT_A_GATEWAY', `is no Headgate gateway: answered ${String(status)}: ${shorten(body)}`);
  throw refusalOf(refusal.data);
}

function refusalOf({ code, message, expected, got }: z.output<typeof refusalSchema>): GatewayRefusal {
  return new GatewayRefusal(code, expected === undefined ? message : `${message}; expected ${expected}`, got);
}

function notAGateway({ body }: Pick<JsonAnswer, 'body'>): GatewayRefusal {
  return new GatewayRefusal(
    'NOT_A_GATEWAY',
    `is no Headgate gateway: answered something that a gateway would not: ${shorten(body)}`,
  );
}

function shorten(body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** One line about one instance. */
export function describeInstanceFailure(instance: string, error: unknown): string {
  return `${instance}: ${describeFailure(error)}`;
}
