import type { z } from 'zod';
import type { PlainPlan } from '../../domain/staged-traffic/plan-fields.js';
import type { PlanDefaults } from '../defaults.js';
import type { Flaw } from '../reading/flaw.js';
import { inlineSecrets, withSecretFlaws } from '../reading/inline-secrets.js';
import { readLeniently } from '../reading/lenient.js';
import { formatPath, isAtOrBelow, valueAt, type Path } from '../reading/path.js';
import { buildPlan } from './build.js';
import type { PlanDraft, Surface } from './draft.js';

/** One way to write a plan. */
export interface Form<Written, Plan extends PlainPlan = PlainPlan> {
  readonly schema: z.ZodType<Written>;
  readonly draftOf: (written: Written) => PlanDraft;
  readonly surface: Surface;
  /** For keys without which nothing else could be looked at. */
  readonly standIns: Readonly<Record<string, unknown>>;
  /** What only its kind has. */
  readonly complete: (plan: PlainPlan, written: Written) => Plan;
  /** What is wrong with that, at the places where it is written. Absent: nothing can be. */
  readonly flawsOf?: (written: Written) => readonly Flaw[];
}

export interface ReadPlan<Plan> {
  /** `undefined` when there are flaws. */
  readonly plan: Plan | undefined;
  readonly flaws: readonly Flaw[];
}

/** Rules about what is absent: nothing they could add where something unreadable stands. */
const RULES_OF_ABSENCE: readonly string[] = [
  'bounds.some',
  'stages.some',
  'required',
  'checks.query',
  'policy.some',
  'policy.counts',
];

/** Reads a plan in any form, and says everything that is wrong with it. */
export function readPlanAs<Written, Plan extends PlainPlan>(
  input: unknown,
  { schema, draftOf, surface, standIns, complete, flawsOf = () => [] }: Form<Written, Plan>,
  defaults: PlanDefaults,
): ReadPlan<Plan> {
  const reading = readLeniently(schema, input, standIns);
  const { value } = reading;
  const built = value === undefined ? undefined : buildPlan(draftOf(value), defaults, surface);
  const own = value === undefined ? [] : flawsOf(value);
  const later = [...(built?.flaws ?? []), ...own].map((flaw) => ({ ...flaw, path: reading.originOf(flaw.path) }));
  const flaws = unique([
    ...reading.flaws,
    ...later.filter((flaw) => !isEcho(flaw, reading.flaws) && !isAboutAnotherEnd(flaw, input)),
  ]);
  const all = withSecretFlaws(flaws, inlineSecrets(input));
  const isRight = all.length === 0 && built !== undefined && value !== undefined;
  return { plan: isRight ? complete(built.plan, value) : undefined, flaws: all };
}

/** Whether `flaw` only follows from something that is reported already. */
function isEcho(flaw: Flaw, reported: readonly Flaw[]): boolean {
  return reported.some(
    ({ path }) =>
      isAtOrBelow(flaw.path, path) || (RULES_OF_ABSENCE.includes(flaw.rule) && isAtOrBelow(path, parentOf(flaw))),
  );
}

function parentOf({ rule, path }: Flaw): Path {
  return ['required', 'checks.query', 'policy.counts'].includes(rule) ? path.slice(0, -1) : path;
}

/** Where the last stage cannot be read, the one before it is no end that could stop short. */
function isAboutAnotherEnd({ rule, path }: Flaw, input: unknown): boolean {
  const written = valueAt(input, ['stages']);
  return rule === 'stages.end' && Array.isArray(written) && path[1] !== written.length - 1;
}

function unique(flaws: readonly Flaw[]): Flaw[] {
  const seen = new Set<string>();
  return flaws.filter(({ rule, path }) => {
    const key = `${rule} ${formatPath(path)}`;
    return !seen.has(key) && seen.add(key);
  });
}
