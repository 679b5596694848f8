import { z } from 'zod';
import { HeadgateError } from '../domain/errors.js';
import { isFence } from '../domain/traffic/fence.js';
import { sumsToWhole } from '../domain/traffic/weights.js';

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

const nameSchema = z.string().regex(/^[\w.@-]{1,200}$/, 'letters, digits, ".", "_", "@" and "-", at most 200');
const tokenSchema = z.string().regex(TOKEN, 'a name that HTTP allows');
const percentSchema = z.number().min(0).max(100);

/** The shares of a route's backends: percent, summing to 100; the first entry owns the first slice of the hash range. */
export const weightsSchema = z
  .array(z.strictObject({ backend: nameSchema, percent: percentSchema }))
  .min(1)
  .refine(sumsToWhole, { error: 'shares that sum to 100' })
  .refine((weights) => new Set(weights.map(({ backend }) => backend)).size === weights.length, {
    error: 'every backend once',
  });

/** What stands beside weights: see `domain/traffic/fence.ts`. */
export const fenceSchema = z.number().refine(isFence, { error: 'a whole number from 0 to 2^50' });

export const routeSchema = z.strictObject({
  name: nameSchema,
  /** Which requests are meant; without either, all. */
  match: z
    .strictObject({
      /** Without a port, any case. */
      host: z.string().min(1).toLowerCase().optional(),
      /** Whole segments: `/shop` matches `/shop/cart`, not `/shopping`. */
      pathPrefix: z.string().startsWith('/').optional(),
    })
    .default({}),
  /** What tells users apart; without either, every request is on its own. */
  sticky: z
    .union([z.strictObject({ cookie: tokenSchema }), z.strictObject({ header: tokenSchema }), z.strictObject({})])
    .default({}),
  /** Base URL of each backend. */
  backends: z
    .record(nameSchema, z.strictObject({ url: z.url({ protocol: /^https?$/ }) }))
    .refine((backends) => Object.keys(backends).length > 0, { error: 'at least one backend' }),
  /** Where a new route begins; everything to the first backend by default. Saved weights are stronger. */
  initialWeights: weightsSchema.optional(),
});

/** Every route that an owner configures. */
export const configuredRoutesSchema = z.strictObject({
  owner: z.strictObject({ directory: z.string(), config: z.string() }),
  routes: z.array(routeSchema),
});

/** A route with every default filled in. */
export type RouteDefinition = z.output<typeof routeSchema>;

/** A route as it is written. */
export type RouteInput = z.input<typeof routeSchema>;

/** Whose gateway it is: the program that started it, and starts it again. */
export interface GatewayOwner {
  /** The folder that its state is kept in, absolute. */
  readonly directory: string;
  /** The configuration that names it, absolute. */
  readonly config: string;
}

/** How the embedded data plane is started. */
export interface GatewayOptions {
  /** Told at `/healthz`, so that nobody takes it for a gateway of their own. Default: nobody. */
  readonly owner?: GatewayOwner;
  /** Default `127.0.0.1`. */
  readonly trafficHost?: string;
  /** Default 0: any free port. */
  readonly trafficPort?: number;
  /** Must be a loopback address: the admin API knows no passwords. Default `127.0.0.1`. */
  readonly adminHost?: string;
  /** Default 0: any free port. */
  readonly adminPort?: number;
  readonly routes?: readonly RouteInput[];
  /** Keeps weights, and routes added at run time, over a restart. Without it they are forgotten. */
  readonly stateFile?: string;
  readonly ring?: {
    /** Milliseconds per cell of the counters. Default 1000. */
    readonly grainMs?: number;
    /** How long counters are remembered. Default 6 h. */
    readonly retentionMs?: number;
  };
  /** How long a backend may take to begin its answer. Default 60 s. */
  readonly responseTimeoutMs?: number;
  /** How long `close` waits for requests in flight. Default 10 s. */
  readonly drainMs?: number;
}

/** @throws HeadgateError `INVALID_ROUTE` that names everything wrong with it. */
export function parseRoute(input: unknown): RouteDefinition {
  return parseWith(routeSchema, input, 'INVALID_ROUTE', 'This is not a route');
}

/** @throws HeadgateError with `code` when `input` is not what `schema` wants. */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  code: string,
  message: string,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message: wanted }) =>
    path.length === 0 ? wanted : `${path.map(String).join('.')}: ${wanted}`,
  );
  throw new HeadgateError(code, message, { expected: issues.join('; '), got: shortJson(input) });
}

function shortJson(value: unknown): string {
  const text = (JSON.stringify(value) as string | undefined) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
