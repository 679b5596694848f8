import type { Problem } from '../../domain/errors.js';
import { problemsOfPlan } from '../../domain/rollout/plan-rules.js';
import type { CanaryPlan, HealthPlan } from '../../domain/rollout/plan.js';
import type { PlanDefaults } from '../defaults.js';
import type { Flaw } from '../reading/flaw.js';
import { formatPath, isAtOrBelow, parsePath, type Path } from '../reading/path.js';
import { given } from './check-kinds.js';
import { buildChecks } from './checks.js';
import type { CanaryDraft, Surface } from './draft.js';
import { buildStages } from './stages.js';

export interface BuiltPlan {
  readonly plan: CanaryPlan;
  /** Everything wrong with it, in the words and at the places of the surface it was written on. */
  readonly flaws: readonly Flaw[];
}

/** The plan that a draft means: defaults applied, and every rule of the domain asked. */
export function buildPlan(draft: CanaryDraft, defaults: PlanDefaults, surface: Surface): BuiltPlan {
  const stages = buildStages(draft, defaults, surface);
  const checks = buildChecks(draft.checks, draft.version !== undefined);
  const health = draft.health === undefined ? defaults.healthOf[draft.service] : healthPlan(draft.health, defaults);
  const { service, version, runbook, adopt, proof } = draft;
  const plan: CanaryPlan = {
    service,
    name: draft.name ?? service,
    stages: stages.stages,
    analysis: { checks: checks.checks, ...given({ proof }) },
    monitoringIntervalMs: draft.monitoringIntervalMs ?? defaults.monitoringIntervalMs,
    autoProgression: draft.autoProgression ?? defaults.autoProgression,
    onUnknown: { action: draft.onUnknown ?? 'hold', deadlineMs: draft.deadlineMs ?? defaults.unknownDeadlineMs },
    onDrift: draft.onDrift ?? 'hold',
    ...given({ version, health, runbook, adopt }),
  };
  const origins = new Map([...stages.origins, ...checks.origins]);
  const fromDomain = problemsOfPlan(plan).map((problem) => flawOf(problem, origins, surface));
  return { plan, flaws: [...stages.flaws, ...checks.flaws, ...fromDomain] };
}

function healthPlan({ endpoints, ...probing }: NonNullable<CanaryDraft['health']>, defaults: PlanDefaults): HealthPlan {
  return { endpoints, ...defaults.health, ...given(probing) };
}

function flawOf(problem: Problem, origins: ReadonlyMap<string, Path>, { names }: Surface): Flaw {
  const inPlan = parsePath(problem.path);
  for (let length = inPlan.length; length > 0; length -= 1) {
    const origin = origins.get(formatPath(inPlan.slice(0, length)));
    if (origin !== undefined) return { ...problem, path: [...origin, ...renamed(inPlan.slice(length), names)] };
  }
  // A file says `onUnknown: hold` and `deadline: 30m` side by side.
  const path = isAtOrBelow(inPlan, ['onUnknown', 'deadlineMs']) ? inPlan.slice(1) : inPlan;
  return { ...problem, path: renamed(path, names) };
}

function renamed(path: Path, names: Surface['names']): Path {
  return path.map((part) => (typeof part === 'string' ? (names[part] ?? part) : part));
}
