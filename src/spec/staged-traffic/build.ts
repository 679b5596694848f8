import type { Problem } from '../../domain/errors.js';
import { problemsOfPlan } from '../../domain/staged-traffic/plan-rules.js';
import type { PlainPlan } from '../../domain/staged-traffic/plan-fields.js';
import type { HealthPlan } from '../../domain/health/health-plan.js';
import type { PlanDefaults } from '../defaults.js';
import type { Flaw } from '../reading/flaw.js';
import { formatPath, isAtOrBelow, parsePath, type Path } from '../reading/path.js';
import { definedOnly } from '../defined-only.js';
import { buildChecks } from './checks.js';
import type { PlanDraft, Surface } from './draft.js';
import { buildStages } from './stages.js';

export interface BuiltPlan {
  readonly plan: PlainPlan;
  /** Everything wrong with it, in the words and at the places of the surface it was written on. */
  readonly flaws: readonly Flaw[];
}

/** The plan that a draft means: defaults applied, and every rule of the domain asked. */
export function buildPlan(draft: PlanDraft, defaults: PlanDefaults, surface: Surface): BuiltPlan {
  const stages = buildStages(draft, defaults, surface);
  const checks = buildChecks(draft.checks, draft.version !== undefined);
  const health = healthOf(draft, defaults);
  const { service, version, runbook, adopt, proof, autoRollback } = draft;
  const rollbackPolicy = draft.rollbackPolicy === undefined ? undefined : definedOnly(draft.rollbackPolicy);
  const plan: PlainPlan = {
    service,
    name: draft.name ?? service,
    stages: stages.stages,
    analysis: { checks: checks.checks, ...definedOnly({ proof }) },
    monitoringIntervalMs: draft.monitoringIntervalMs ?? defaults.monitoringIntervalMs,
    autoProgression: draft.autoProgression ?? defaults.autoProgression,
    onUnknown: { action: draft.onUnknown ?? 'hold', deadlineMs: draft.deadlineMs ?? defaults.unknownDeadlineMs },
    onDrift: draft.onDrift ?? 'hold',
    ...definedOnly({ version, health, runbook, adopt, rollbackPolicy, autoRollback }),
  };
  const origins = new Map<string, Path>([
    ...stages.origins,
    ...checks.origins,
    ['analysis.checks', draft.checks[0]?.path.slice(0, -1) ?? []],
    ['analysis.proof', ['proof']],
  ]);
  const fromDomain = problemsOfPlan(plan).map((problem) => flawOf(problem, origins, surface));
  return { plan, flaws: [...stages.flaws, ...checks.flaws, ...fromDomain] };
}

/** As written, or as the installation probes this service. */
function healthOf({ health, service }: PlanDraft, defaults: PlanDefaults): HealthPlan | undefined {
  if (health === undefined) return Object.hasOwn(defaults.healthOf, service) ? defaults.healthOf[service] : undefined;
  const { endpoints, ...probing } = health;
  return { endpoints, ...defaults.health, ...definedOnly(probing) };
}

function flawOf(problem: Problem, origins: ReadonlyMap<string, Path>, { names }: Surface): Flaw {
  const inPlan = parsePath(problem.path);
  const written = [...(problem.also ?? []), problem.path].map((path) =>
    formatPath(origins.get(path) ?? parsePath(path)),
  );
  for (let length = inPlan.length; length > 0; length -= 1) {
    const origin = origins.get(formatPath(inPlan.slice(0, length)));
    if (origin === undefined) continue;
    const flaw = { ...problem, path: [...origin, ...renamed(inPlan.slice(length), names)] };
    return inWrittenWords(flaw, origin, written);
  }
  // A file says \`onUnknown: hold\` and \`deadline: 30m\` side by side.
  const path = isAtOrBelow(inPlan, ['onUnknown', 'deadlineMs']) ? inPlan.slice(1) : inPlan;
  return { ...problem, path: renamed(path, names) };
}

/** The domain speaks of kinds of check and of its own list; nobody wrote those. */
function inWrittenWords(flaw: Flaw, origin: Path, written: readonly string[]): Flaw {
  switch (flaw.rule) {
    case 'checks.proportion':
      return {
        ...flaw,
        path: [...origin, 'maxIncrease'],
        message: 'Only a share of requests can be compared with the baseline',
        remedy: 'Use max or min',
      };
    case 'checks.repeated':
      return {
        ...flaw,
        expected: 'one check for all that is said about a metric',
        got: written.join(' and '),
      };
    default:
      return flaw;
  }
}

function renamed(path: Path, names: Surface['names']): Path {
  return path.map((part) => (typeof part === 'string' && Object.hasOwn(names, part) ? (names[part] ?? part) : part));
}
