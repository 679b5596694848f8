import { randomUUID } from 'node:crypto';
import { journaledOf, type Journaled } from '../../../domain/stop-the-line/journaled.js';
import { stepOf, isMixed, type Instance, type WrittenService } from '../../../domain/stop-the-line/service-step.js';
import { describeWeights } from '../../../domain/traffic/weights.js';
import { readPlanes, writePlanes } from '../../../ports/planes.js';
import { confirm } from '../../confirm.js';
import type { Context } from '../../context.js';
import { documentOf, type BrokenService } from '../../output/documents.js';
import type { Result } from '../../result.js';
import type { Ports } from '../../session.js';
import type { BreakGlassOptions } from '../break-glass.js';

/** The newest lines of a service that are searched for its newest rollout. */
const LINES = 1000;

/** How often it takes a later fence where somebody else has just taken one. */
const ATTEMPTS = 5;

type Reached = ReturnType<Ports['serviceNamed']>;

/**
 * All traffic back, without Temporal: every service of which the journal knows a rollout in flight goes to its baseline, one
 * bulk write for each router. The others keep their weights; those that nobody can bring back are listed.
 */
export async function breakGlassAll(context: Context, options: BreakGlassOptions): Promise<Result> {
  const { session } = context;
  const [ports, journal] = [await session.ports(), await session.journal()];
  await confirm(context, {
    what: 'Everything that the journal knows to be in flight goes back, past every rollout',
    command: 'headgate break-glass set-weights --all -y --reason …',
    yes: options.yes === true,
    reason: options.reason,
  });
  const services = (ports.services ?? []).map((name) => ports.serviceNamed(name));
  const known = new Map(
    await Promise.all(
      services.map(
        async ({ service }) => [service, journaledOf(await journal.read({ service, limit: LINES }))] as const,
      ),
    ),
  );
  const done = await setAll(services, known);
  const trouble = await keep(context, done, options);
  const unknown = done.filter(({ service }) => known.get(service)?.kind === 'unknown').map(({ service }) => service);
  const isDone = done.every(({ left }) => left === null);
  return {
    document: documentOf('BreakGlassAll', { services: done, unknown, journaled: trouble === null }),
    text: ({ paint }) => [
      ...done.map(({ service, weights, left }) =>
        left === null
          ? `${paint.good('✔')} ${service}: ${weights === null ? 'as it was' : describeWeights(weights)}`
          : `${paint.bad('✖')} ${service}: ${left}`,
      ),
      ...unknown.map(
        (service) => `${paint.attention('!')} ${service}: the journal knows no rollout of it, so it was left as it is`,
      ),
      ...(trouble === null ? [] : [`${paint.attention('!')} ${trouble}`]),
      ...done
        .filter(({ left }) => left !== null)
        .map(({ service }) => `    headgate break-glass set-weights ${service} BACKEND=100 --reason …`),
    ],
    exit: isDone ? 'reached' : 'undoFailing',
  };
}

async function setAll(services: readonly Reached[], known: ReadonlyMap<string, Journaled>) {
  const written = new Map<string, WrittenService>();
  let whyNot: ReadonlyMap<string, string> = new Map();
  for (let attempt = 1; ; attempt += 1) {
    const planes = await readPlanes(services);
    const steps = services.map((one) => [one, stepAt(one, planes.get(one.service) ?? [], known, written)] as const);
    const writes = steps.flatMap(([{ service }, step]) => (step.kind === 'write' ? [{ service, ...step.write }] : []));
    if (writes.length === 0 || attempt > ATTEMPTS)
      return steps.map(([{ service }, step]): BrokenService => {
        const weights = written.get(service)?.weights ?? null;
        const instances = planes.get(service) ?? [];
        const inFlight = flying(known.get(service));
        if (step.kind === 'done' && isMixed({ instances, inFlight }))
          return { service, weights, left: 'its traffic is split, and the journal does not know what to go back to' };
        const why = step.kind === 'left' ? step.why : 'it does not do what was written';
        return { service, weights, left: step.kind === 'done' ? null : (whyNot.get(service) ?? why) };
      });
    for (const write of writes) written.set(write.service, write);
    whyNot = await writePlanes(services, writes);
  }
}

function stepAt(
  { service, route }: Reached,
  instances: readonly Instance[],
  known: ReadonlyMap<string, Journaled>,
  written: ReadonlyMap<string, WrittenService>,
) {
  const inFlight = flying(known.get(service));
  const found = { instances, slots: Object.keys(route.targets), inFlight, written: written.get(service) ?? null };
  return stepOf(found, 'breakGlass');
}

/** Of a rollout whose baseline the journal does not know nobody can say what to go back to. */
function flying(journaled: Journaled | undefined): { readonly baseline: string } | null {
  if (journaled?.kind !== 'inFlight' || journaled.baseline === null) return null;
  return { baseline: journaled.baseline };
}

/** What is wrong with the journal must not undo what was done: `null` when it was kept. */
async function keep(
  context: Context,
  done: readonly BrokenService[],
  { reason, by }: BreakGlassOptions,
): Promise<string | null> {
  const at = new Date(context.nowMs()).toISOString();
  const entries = done.flatMap(({ service, weights, left }) =>
    weights === null
      ? []
      : [
          {
            id: `break-glass#${randomUUID()}`,
            rolloutId: `${service}@break-glass`,
            service,
            at,
            kind: 'break-glass' as const,
            what: `Weights set past every rollout: ${describeWeights(weights)}${left === null ? '' : `; not everywhere: ${left}`}`,
            identity: context.user,
            claimedBy: by ?? context.actor,
            ...(reason === undefined ? {} : { why: reason }),
          },
        ],
  );
  try {
    await (await context.session.journal()).append(entries);
    return null;
  } catch (error) {
    return `it is not in the journal: ${error instanceof Error ? error.message : String(error)}`;
  }
}
