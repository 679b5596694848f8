import { randomUUID } from 'node:crypto';
import { HeadgateError, type AdapterUnavailableError } from '../../domain/errors.js';
import { describeWeights, sumsToWhole, type Weights } from '../../domain/traffic/weights.js';
import { weight } from '../arguments.js';
import { confirm } from '../confirm.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import type { Paint } from '../../presentation/paint.js';
import { documentOf } from '../output/documents.js';
import type { Result } from '../result.js';
import type { Ports } from '../session.js';
import {
  instanceStates,
  isDone,
  lineOf,
  notDone,
  refuseHarm,
  setEverywhere,
  type InstanceState,
} from './break-glass/instances.js';

export interface BreakGlassOptions {
  readonly yes?: boolean;
  readonly reason?: string;
  readonly by?: string;
}

type ServicePorts = ReturnType<Ports['serviceNamed']>;

/**
 * Writes the router itself, without Temporal: for the day when nothing else works. It is kept in the journal. A rollout
 * that is under way sees this as drift.
 */
export async function breakGlass(
  context: Context,
  service: string | undefined,
  words: readonly string[],
  options: BreakGlassOptions,
): Promise<Result> {
  if (service === undefined)
    throw new UsageError('Say of which service, or --all', {
      expected: 'headgate break-glass set-weights SERVICE BACKEND=100, or --all',
    });
  const ports = await context.session.ports();
  const reached = await reach(context, ports, service);
  const weights = weightsFrom(words, reached);
  await refuseHarm(reached, weights);
  await confirm(context, {
    what: `The router of ${service} is set to ${describeWeights(weights)}, past every rollout`,
    command: `headgate break-glass set-weights ${[service, ...words].join(' ')} -y --reason …`,
    yes: options.yes === true,
    reason: options.reason,
  });
  const before = await instanceStates(reached);
  const { fence, refusal } = await setEverywhere(reached, weights, before);
  const after = (await instanceStates(reached)).map((one) => ({ ...one, done: isDone(one, weights, fence) }));
  const trouble = await journaled(context, service, { before, weights, fence, after, refusal }, options);
  const lines = (paint: Paint): string[] => after.map((one) => lineOf(one, paint));
  const failure = refusal ?? notDone(service, after, weights);
  if (failure !== null) {
    for (const line of lines(context.paint)) context.progress(line);
    if (trouble !== null) context.progress(`! ${trouble}`);
    throw failure;
  }
  const warnings = trouble === null ? [] : [trouble];
  return {
    document: documentOf('BreakGlass', {
      service,
      fence,
      before: before.map(({ instance, weights: were }) => ({ instance, weights: were })),
      after: after.map(({ instance, weights: are, done }) => ({ instance, weights: are, done })),
      journaled: trouble === null,
      warnings,
    }),
    text: ({ paint }) => [
      ...lines(paint),
      ...warnings.map((warning) => `${paint.attention('!')} ${warning}`),
      `    headgate status ${service}`,
      `    headgate history ${service}`,
    ],
  };
}

/** At night, and from the wrong folder, "no such service" would send people the wrong way. */
async function reach({ session, cwd }: Context, ports: Ports, service: string): Promise<ServicePorts> {
  try {
    return ports.serviceNamed(service);
  } catch (error) {
    if ((await session.config()).file !== null) throw error;
    throw new UsageError(`Where the router of ${service} is stands in headgate.yaml, and there is none here`, {
      expected: `headgate.yaml in ${cwd}`,
      remedy: 'Name the one that the worker uses: --config FILE, or HEADGATE_CONFIG',
    });
  }
}

/** The backends that are not named get nothing, and are told so. */
function weightsFrom(words: readonly string[], { route }: ServicePorts): Weights {
  const named = words.map(weight);
  const known = Object.keys(route.targets);
  for (const { backend } of named)
    if (!known.includes(backend))
      throw new HeadgateError('UNKNOWN_BACKEND', `${route.service} has no backend ${backend}`, {
        expected: `one of ${known.join(', ')}`,
        got: backend,
        next: ['headgate config show'],
      });
  const twice = named.find(({ backend }, index) => named.findIndex((one) => one.backend === backend) !== index);
  if (twice !== undefined)
    throw new UsageError(`${twice.backend} is named twice`, { expected: 'each backend once', got: words.join(' ') });
  const others = known.filter((backend) => !named.some((one) => one.backend === backend));
  const weights = [...named, ...others.map((backend) => ({ backend, percent: 0 }))];
  if (named.length > 0 && sumsToWhole(weights)) return weights;
  throw new UsageError('The weights must sum to 100', {
    expected: `e.g. ${known[0] ?? 'blue'}=100`,
    got: words.length === 0 ? 'none' : words.join(' '),
  });
}

interface Done {
  readonly before: readonly InstanceState[];
  readonly weights: Weights;
  readonly fence: number;
  readonly after: readonly InstanceState[];
  readonly refusal: AdapterUnavailableError | null;
}

/** What is wrong with the journal must not undo what was done: `null` when it was kept. */
async function journaled(
  context: Context,
  service: string,
  { before, weights, fence, after, refusal }: Done,
  { reason, by }: BreakGlassOptions,
): Promise<string | null> {
  try {
    const journal = await context.session.journal();
    await journal.append([
      {
        id: `break-glass#${randomUUID()}`,
        rolloutId: `${service}@break-glass`,
        service,
        at: new Date(context.nowMs()).toISOString(),
        kind: 'break-glass',
        what: `Weights set past every rollout: ${describeWeights(weights)}${refusal === null ? '' : `; not everywhere: ${refusal.got ?? refusal.message}`}`,
        identity: context.user,
        claimedBy: by ?? context.actor,
        ...(reason === undefined ? {} : { why: reason }),
        data: { before, weights, fence, after },
      },
    ]);
    return null;
  } catch (error) {
    return `it is not in the journal: ${error instanceof Error ? error.message : String(error)}`;
  }
}
