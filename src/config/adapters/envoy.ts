import { resolve } from 'node:path';
import { z } from 'zod';
import { human, map } from '../../spec/reading/schema.js';
import { refuse, type Read } from '../../spec/units/read.js';
import { DEFAULT_INSTANCE_TIMEOUT_MS } from '../defaults.js';
import { duration, url } from '../fields.js';
import type { EnvoyMetricsConfig, EnvoyRouterConfig } from './envoy-config.js';

const DEFAULT_INTERVAL_MS = 1000;

const timeout = duration('How long an instance may take to answer. Default 2s.', '2s').optional();

const path = human<string>(
  (given): Read<string> =>
    typeof given === 'string' && /\.(?:ya?ml|json)$/.test(given)
      ? { value: given }
      : refuse('envoy.routes', 'This is not the path of an RDS file', 'a path that ends in .yaml, .yml or .json'),
  {
    description: 'The RDS file that Envoy reads and Headgate writes. Relative to this file.',
    type: 'string',
    examples: ['envoy/routes/routes.yaml'],
  },
);

const instance = map({ admin: url('The admin API of this instance.'), routes: path.optional() });

/** One that shares its file with others may be written as its address alone. */
const instances = z
  .array(z.preprocess((given) => (typeof given === 'string' ? { admin: given } : given), instance))
  .min(1)
  .describe('Every instance: its admin API or, where it has a file of its own, { admin: URL, routes: PATH }.')
  .meta({
    items: {
      anyOf: [
        { type: 'string', examples: ['http://127.0.0.1:9901'] },
        {
          type: 'object',
          properties: { admin: { type: 'string' }, routes: { type: 'string' } },
          required: ['admin'],
          additionalProperties: false,
        },
      ],
    },
  });

export const envoyRouterSchema = map({
  kind: z.literal('envoy').describe('Envoys that have their routes from a file.'),
  routes: path.optional(),
  instances,
  timeout,
}).superRefine(({ routes, instances: all }, context) => {
  if (routes !== undefined || all.every((one) => one.routes !== undefined)) return;
  context.addIssue({
    code: 'custom',
    path: ['routes'],
    message: 'From which file do the instances have their routes?',
    params: {
      rule: 'envoy.routes',
      expected: 'routes: PATH for all instances, or { admin: URL, routes: PATH } for each',
    },
  });
});

export const envoyMetricsSchema = map({
  kind: z
    .literal('envoy')
    .describe("Envoy's own counters, remembered by the worker: to try it, and for small set-ups."),
  instances: z.array(url('The admin API of one instance.')).min(1).describe('The admin API of every instance.'),
  timeout,
  interval: duration('How often the counters are read. Default 1s.', '1s').optional(),
});

/** Paths are relative to the folder of the configuration. */
export function envoyRouter(written: z.output<typeof envoyRouterSchema>, folder: string): EnvoyRouterConfig {
  return {
    kind: 'envoy',
    instances: written.instances.map(({ admin, routes }) => ({
      admin,
      routes: resolve(folder, routes ?? written.routes ?? ''),
    })),
    timeoutMs: written.timeout ?? DEFAULT_INSTANCE_TIMEOUT_MS,
  };
}

export function envoyMetrics({ kind, ...written }: z.output<typeof envoyMetricsSchema>): EnvoyMetricsConfig {
  return {
    kind,
    instances: written.instances,
    timeoutMs: written.timeout ?? DEFAULT_INSTANCE_TIMEOUT_MS,
    intervalMs: written.interval ?? DEFAULT_INTERVAL_MS,
  };
}
