import { z } from 'zod';
import type { WriteLimits } from '../../ports/traffic-router.js';
import { createJsonClient, describeFailure, type JsonAnswer } from '../http/json-client.js';

/** How to reach the admin APIs of a service's gateways. */
export interface GatewayInstances {
  /** Admin URLs, one per instance. */
  readonly instances: readonly string[];
  /** How long one answer may take. */
  readonly timeoutMs: number;
}

const weightsSchema = z.object({
  weights: z.array(z.object({ backend: z.string(), percent: z.number() })),
});

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

const refusalSchema = z.object({ code: z.string(), message: z.string(), expected: z.string().optional() });

/** Shares in the words of the data plane. */
export type TargetWeights = z.output<typeof weightsSchema>['weights'];
export type CountsAnswer = z.output<typeof samplesSchema>;

/** An instance that answered, but not with what was asked for. */
export class GatewayRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
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
  weights(route: string, signal?: AbortSignal): Promise<TargetWeights>;
  /**
   * Between what is sent and what the gateway does with it lies a moment that no deadline reaches: a request that a
   * frozen network or gateway keeps is carried out when it arrives.
   */
  setWeights(route: string, weights: TargetWeights, limits?: WriteLimits): Promise<TargetWeights>;
  samples(route: string, target: string, range: SampleRange, signal?: AbortSignal): Promise<CountsAnswer>;
}

export function createGatewayAdmins({ instances, timeoutMs }: GatewayInstances): readonly GatewayAdmin[] {
  const ask = createJsonClient(timeoutMs);
  return instances.map((instance) => {
    const base = instance.replace(/\/+$/, '');
    const weightsUrl = (route: string): string => `${base}/routes/${encodeURIComponent(route)}/weights`;
    return {
      instance,
      async weights(route, signal) {
        return understood(weightsSchema, await ask({ url: weightsUrl(route), signal })).weights;
      },
      async setWeights(route, weights, limits) {
        const answer = await ask({ method: 'PUT', url: weightsUrl(route), body: { weights }, ...limits });
        return understood(weightsSchema, answer).weights;
      },
      async samples(route, target, { fromMs, toMs, stepMs }, signal) {
        const path = `/routes/${encodeURIComponent(route)}/backends/${encodeURIComponent(target)}/samples`;
        const query = `from=${String(fromMs)}&to=${String(toMs)}&step=${String(stepMs)}`;
        return understood(samplesSchema, await ask({ url: `${base}${path}?${query}`, signal }));
      },
    };
  });
}

function understood<Schema extends z.ZodType>(schema: Schema, { status, body }: JsonAnswer): z.output<Schema> {
  if (status === 200) {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new GatewayRefusal('NOT_A_GATEWAY', `answered something that a gateway would not: ${shorten(body)}`);
  }
  const refusal = refusalSchema.safeParse(body);
  if (!refusal.success) throw new GatewayRefusal('NOT_A_GATEWAY', `answered ${String(status)}: ${shorten(body)}`);
  const { code, message, expected } = refusal.data;
  throw new GatewayRefusal(code, expected === undefined ? message : `${message}; expected ${expected}`);
}

function shorten(body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** One line about one instance. */
export function describeInstanceFailure(instance: string, error: unknown): string {
  return `${instance}: ${describeFailure(error)}`;
}
