import { randomUUID } from 'node:crypto';
import { AdapterUnavailableError, HeadgateError } from '../../domain/errors.js';
import { nextFence, NO_FENCE } from '../../domain/rollout/fence.js';
import { describeWeights, sumsToWhole, type Weights } from '../../domain/rollout/weights.js';
import { weight } from '../arguments.js';
import { confirm } from '../confirm.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { documentOf, type Documents } from '../output/documents.js';
import type { Result } from '../result.js';
import type { Ports } from '../session.js';

export interface BreakGlassOptions {
  readonly yes?: boolean;
  readonly reason?: string;
  readonly by?: string;
}

type Readings = Documents['BreakGlass']['before'];
type ServicePorts = ReturnType<Ports['serviceNamed']>;

/**
 * Writes the router itself, without Temporal: for the day when nothing else works. It is kept in the journal. A rollout
 * that is under way sees this as drift.
 */
export async function breakGlass(
  context: Context,
  service: string,
  words: readonly string[],
  options: BreakGlassOptions,
): Promise<Result> {
  const ports = await context.session.ports();
  const reached = await reach(context, ports, service);
  const weights = weightsFrom(words, reached);
  await confirm(context, {
    what: `The router of ${service} is set to ${describeWeights(weights)}, past every rollout`,
    command: `headgate break-glass set-weights ${[service, ...words].join(' ')} -y --reason …`,
    yes: options.yes === true,
    reason: options.reason,
  });
  const before = await readings(reached).catch(() => []);
  const refusal = await told(reached, weights);
  const after = await readings(reached).catch(() => []);
  const trouble = await journaled(context, service, { before, weights, after, refusal }, options);
  if (refusal !== null) {
    if (trouble !== null) context.progress(`! ${trouble}`);
    throw refusal;
  }
  const warnings = trouble === null ? [] : [trouble];
  return {
    document: documentOf('BreakGlass', { service, before, after, journaled: trouble === null, warnings }),
    text: ({ paint }) => [
      ...after.map(({ instance, weights: now }) =>
        now === null
          ? `${paint.attention('!')} ${instance}: cannot be read`
          : `${paint.good('✔')} ${instance}: ${describeWeights(now)}`,
      ),
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
  const others = known.filter((backend) => !named.some((one) => one.backend === backend));
  const weights = [...named, ...others.map((backend) => ({ backend, percent: 0 }))];
  if (named.length > 0 && sumsToWhole(weights)) return weights;
  throw new UsageError('The weights must sum to 100', {
    expected: `e.g. ${known[0] ?? 'blue'}=100`,
    got: words.length === 0 ? 'none' : words.join(' '),
  });
}

/** Why not every instance was told; those that were do it now, so it belongs into the journal all the same. */
async function told({ router, route }: ServicePorts, weights: Weights): Promise<AdapterUnavailableError | null> {
  try {
    const instances = await router.readWeights(route);
    const greatest = Math.max(NO_FENCE, ...instances.map((one) => ('weights' in one ? one.fence : NO_FENCE)));
    await router.setWeights(route, weights, { fence: nextFence(greatest, 'breakGlass') });
    return null;
  } catch (error) {
    if (error instanceof AdapterUnavailableError) return error;
    throw error;
  }
}

async function readings({ router, route }: ServicePorts): Promise<Readings> {
  const instances = await router.readWeights(route);
  return instances.map((one) => ({ instance: one.instance, weights: 'weights' in one ? one.weights : null }));
}

interface Done {
  readonly before: Readings;
  readonly weights: Weights;
  readonly after: Readings;
  readonly refusal: AdapterUnavailableError | null;
}

/** What is wrong with the journal must not undo what was done: `null` when it was kept. */
async function journaled(
  context: Context,
  service: string,
  { before, weights, after, refusal }: Done,
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
        data: { before, weights, after },
      },
    ]);
    return null;
  } catch (error) {
    return `it is not in the journal: ${error instanceof Error ? error.message : String(error)}`;
  }
}
