import { z } from 'zod';
import { UNVERIFIED_POLICIES } from '../domain/traffic/serving/what-serves.js';
import { endpointsInFile } from '../spec/health/endpoint-schema.js';
import { human, map } from '../spec/reading/schema.js';
import { refuse, type Read } from '../spec/units/read.js';
import { envoyMetricsSchema, envoyRouterSchema } from './adapters/envoy.js';
import { haproxyRouterSchema } from './adapters/haproxy.js';
import { MOMENTS, MEANINGS, type Moment } from '../domain/hooks/moments.js';
import { hookSchema } from './adapters/hooks.js';
import { httpMetricsSchema } from './adapters/http.js';
import { prometheusSchema } from './adapters/prometheus.js';
import { duration, url } from './fields.js';
import { LOG_LEVELS, OUTPUTS, STRATEGIES } from './types.js';

const NAME = /^[\w.-]{1,100}$/;

/** Roles change from rollout to rollout; a slot that bears the name of one would lie every other time. */
const ROLE_NAMES: readonly string[] = ['stable', 'canary', 'baseline', 'candidate'];

const nameSchema = named((name) => (NAME.test(name) ? undefined : NOT_A_NAME));
const slotSchema = named((name) => {
  if (!NAME.test(name)) return NOT_A_NAME;
  return ROLE_NAMES.includes(name.toLowerCase()) ? SLOT_IS_ROLE : undefined;
});

const NOT_A_NAME = {
  rule: 'name',
  message: 'This cannot be a name',
  expected: 'letters, digits, "-", "_" and ".", at most 100',
};

const SLOT_IS_ROLE = {
  rule: 'backends.role',
  message: 'A backend is a lasting slot, and this is the name of a role that changes with every rollout',
  expected: 'a name that stays true, e.g. blue and green',
};

function named(flawOf: (name: string) => typeof NOT_A_NAME | undefined): z.ZodString {
  return z.string().superRefine((name, context) => {
    const flaw = flawOf(name);
    if (flaw !== undefined) context.addIssue({ code: 'custom', message: flaw.message, params: flaw });
  });
}

const gateway = map({
  kind: z.literal('gateway').describe('The data plane that comes with Headgate.'),
  instances: z.array(url('The admin API of one instance.')).min(1).describe('The admin API of every instance.'),
  timeout: duration('How long an instance may take to answer. Default 2s.', '2s').optional(),
});

const backend = map({
  target: z.string().min(1).optional().describe("What the data plane calls it. Default: the slot's name."),
  url: url('Where it can be probed.').optional(),
});

const serviceHealth = map({
  endpoints: endpointsInFile
    .optional()
    .describe(
      'Paths that answer 2xx when a backend is well, or maps of what more is asked of one: probed unless a specification names its own.',
    ),
  timeout: duration('How long an answer may take. Default 2s.', '2s').optional(),
  version: map({
    path: z.string().describe('A path that answers with JSON.'),
    field: z.string().optional().describe('The field with the version. Default version.'),
  })
    .optional()
    .describe("How to ask a backend for its version, so that a specification's version is more than a label."),
});

const hookNames = (moment: Moment): z.ZodType<readonly string[]> =>
  human(
    (given: unknown): Read<readonly string[]> => {
      const names: readonly unknown[] = Array.isArray(given) ? given : [given];
      return names.length > 0 && names.every((name) => typeof name === 'string')
        ? { value: names }
        : refuse('services.hooks', 'This names no hook', 'a name under hooks, or a list of names');
    },
    { description: `Asked or told ${MEANINGS[moment].when}.`, type: ['string', 'array'], examples: ['chat'] },
  );

const serviceHooks = map(
  Object.fromEntries(MOMENTS.map((moment) => [moment, hookNames(moment).optional()])) as Readonly<
    Record<Moment, z.ZodOptional<z.ZodType<readonly string[]>>>
  >,
);

const service = map({
  router: z.string().optional().describe('A name under routers. May be left out where there is only one.'),
  metrics: z.string().optional().describe('A name under metrics. May be left out where there is only one.'),
  route: z.string().optional().describe("What the data plane calls the route. Default: the service's name."),
  backends: z.record(slotSchema, backend.nullable()).describe('Two lasting slots, e.g. blue and green.'),
  health: serviceHealth.optional(),
  hooks: serviceHooks.optional().describe('Names under hooks, by the moment at which they are asked or told.'),
  unverifiedVersion: z
    .enum(UNVERIFIED_POLICIES)
    .optional()
    .describe('Where health.version does not tell which version the candidate holds: warn (default), or refuse.'),
});

/** Temporal joins the two with a ".", and keeps names that begin with "__" for itself. */
const deploymentName = named((name) => (/^(?!__)[\w-]{1,100}$/.test(name) ? undefined : NOT_A_DEPLOYMENT));
const buildId = named((id) => (/^[\w.+-]{1,100}$/.test(id) ? undefined : NOT_A_BUILD_ID));

const NOT_A_DEPLOYMENT = {
  rule: 'worker.deployment',
  message: 'This cannot be the name of a deployment',
  expected: 'letters, digits, "-" and "_", at most 100, not beginning with "__"',
};

const NOT_A_BUILD_ID = {
  rule: 'worker.deployment',
  message: 'This cannot be the id of a build',
  expected: 'letters, digits, "-", "_", "." and "+", at most 100',
};

const whole = z.number().int();

const strategies = z.array(z.enum(STRATEGIES));

/** `headgate.yaml` as it is written. */
export const configFileSchema = map({
  routers: z
    .record(nameSchema, z.discriminatedUnion('kind', [gateway, envoyRouterSchema, haproxyRouterSchema]))
    .optional()
    .describe('What splits traffic, by a name of your own.'),
  metrics: z
    .record(
      nameSchema,
      z.discriminatedUnion('kind', [gateway, envoyMetricsSchema, prometheusSchema, httpMetricsSchema]),
    )
    .optional()
    .describe('Where counts come from, by a name of your own.'),
  services: z.record(nameSchema, service).optional().describe('What can be rolled out, by name.'),
  hooks: z
    .record(nameSchema, hookSchema)
    .optional()
    .describe('What is asked and told at moments of a rollout, by name.'),
  journal: map({
    kind: z.literal('file').optional(),
    path: z.string().min(1).describe('A folder. Relative to this file. Default .headgate/journal.'),
  })
    .optional()
    .describe('Where the lasting record of every rollout is kept.'),
  observations: map({
    kind: z.literal('file').optional(),
    path: z.string().min(1).describe('A folder. Relative to this file. Default .headgate/observations.'),
  })
    .optional()
    .describe("Where every interval's numbers and verdicts are kept."),
  worker: map({
    host: z
      .string()
      .min(1)
      .optional()
      .describe('The address that healthPort and metricsPort listen on. Default 127.0.0.1.'),
    healthPort: whole.min(0).max(65_535).optional().describe('Answers /healthz, /readyz and /metrics. Default: none.'),
    metricsPort: whole.min(0).max(65_535).optional().describe("The metrics of Temporal's SDK. Default: none."),
    maxCachedWorkflows: whole.min(1).optional(),
    maxConcurrentWatches: whole.min(1).optional().describe('How many stages are guarded at once.'),
    maxConcurrentActivities: whole.min(1).optional(),
    maxConcurrentHooks: whole.min(1).optional().describe('How many hooks are asked or told at once. Default 100.'),
    shutdownGrace: duration('How long running work may take to end. Default 10s.', '10s').optional(),
    logLevel: z.enum(LOG_LEVELS).optional(),
    deployment: map({
      name: deploymentName.describe('What all versions of these workers have in common.'),
      buildId: buildId.describe('The version of this worker.'),
    })
      .optional()
      .describe("Temporal's worker versioning. Default: off, every worker takes all work."),
  }).optional(),
  temporal: map({
    namespace: z.string().min(1).optional(),
    profile: z.string().min(1).optional().describe("The profile of Temporal's own configuration file."),
    ui: url('The Temporal UI, for links in notices.', 'https://temporal.example.com').optional(),
    taskQueue: z.string().min(1).optional().describe('What workers poll. Default headgate.'),
    payloadCodec: z
      .string()
      .min(1)
      .optional()
      .describe('A module that exports payloadCodecs: everything given to Temporal is encoded by them.'),
  })
    .optional()
    .describe("Address, TLS and API key come from Temporal's own environment configuration."),
  tiers: map({
    personal: strategies.optional(),
    professional: strategies.optional(),
    enterprise: strategies.optional(),
  })
    .optional()
    .describe('Which strategies each tier has; one that is left out keeps what it has.'),
  workflowIdPrefix: z.string().optional().describe('Put before workflow ids where environments share a namespace.'),
  output: z.enum(OUTPUTS).optional().describe('How commands print. Default text.'),
});

export type ConfigFile = z.output<typeof configFileSchema>;
