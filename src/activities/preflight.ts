import { learnFrom } from '../domain/analysis/learn.js';
import { tierDemand } from '../domain/canary/kind.js';
import { HeadgateError } from '../domain/errors.js';
import { rolesFrom } from '../domain/rollout/roles.js';
import type { CanaryPlan } from '../domain/rollout/plan.js';
import { servingSlot, type KnownVersions, type PlaneReading } from '../domain/rollout/serving/serves.js';
import { answerStart, type StartAnswer } from '../domain/rollout/serving/what-serves.js';
import type { Roles } from '../domain/rollout/weights.js';
import { assertInTier, type InstalledTier } from '../domain/tier.js';
import type { Ports, ServicePorts } from '../ports/service.js';
import type { PreflightInput, PreflightProblem, PreflightReport } from './contracts.js';
import { Observer } from './observing/observer.js';
import { historyOfBaseline, lineOfHistory } from './preflight/baseline-history.js';
import { problemsOfCandidate } from './preflight/candidate.js';
import { NOTHING_FOUND, joined, type Finding } from './preflight/finding.js';
import { guardsOf } from './preflight/guards.js';
import { knowledgeOf, versionOf, type Knowledge } from './preflight/knowledge.js';
import type { ReadPastRollouts } from './preflight/memory.js';
import { lookAtMetrics } from './preflight/metrics.js';
import { lookAtSplits } from './preflight/splittable.js';
import { preflightOfUndo } from './preflight/undo.js';
import { readAllWeights } from './preflight/weights.js';

/**
 * Whether the service is fit for this rollout, and whether it is needed. Looks only; nothing moves. All problems at once.
 *
 * @param readPast reads earlier rollouts. Default: what Temporal remembers.
 */
export async function preflight(
  ports: Ports,
  input: PreflightInput,
  observer = new Observer(ports.observations),
  readPast?: ReadPastRollouts,
): Promise<PreflightReport> {
  const service = orProblem('service', () => ports.serviceNamed(input.plan.service));
  if ('problem' in service) return { fit: false, problems: [service.problem] };
  const allowed = orProblem('tier', () => assertAllowed(ports.tier, input));
  if ('problem' in allowed) return { fit: false, problems: [allowed.problem] };
  const report = await look(ports, service.found, input, observer, readPast);
  return report.fit && ports.tier !== undefined ? { ...report, tier: ports.tier.tier } : report;
}

/** People also start workflows past every program that knows the tier, so the worker, which knows it, has the last word. */
function assertAllowed(tier: InstalledTier | undefined, input: PreflightInput): void {
  const asks = tierDemand(input);
  if (tier !== undefined && asks !== null) assertInTier(asks, tier);
}

async function look(
  ports: Ports,
  found: ServicePorts,
  input: PreflightInput,
  observer: Observer,
  readPast: ReadPastRollouts | undefined,
): Promise<PreflightReport> {
  const plane = await readAllWeights(found);
  const learn = (): Promise<Knowledge> => knowledgeOf(found, plane, ports.journal, readPast);
  if (input.undo !== undefined) return preflightOfUndo(found, input.plan, input.undo, plane, learn);
  if (plane.problems.length > 0) return { fit: false, problems: plane.problems };
  const roles = rolesFrom(Object.keys(found.route.targets), plane.weights, input.plan.adopt);
  if ('problem' in roles) return { fit: false, problems: [{ subject: 'weights', ...roles.problem }] };
  return preflightOfStart(found, input, { roles: roles.roles, plane, learn, observer });
}

interface Looking {
  readonly roles: Roles;
  readonly plane: PlaneReading;
  readonly learn: () => Promise<Knowledge>;
  readonly observer: Observer;
}

async function preflightOfStart(
  service: ServicePorts,
  { plan, rolloutId, again = false }: PreflightInput,
  { roles, plane, learn, observer }: Looking,
): Promise<PreflightReport> {
  const learning = learn();
  const [knowledge, history, ...findings] = await Promise.all([
    learning,
    historyOfBaseline(service, plan, roles),
    problemsOfCandidate(
      service,
      plan,
      roles.candidate,
      learning.then(({ reported }) => reported),
    ),
    lookAtMetrics(service, plan, roles),
    lookAtSplits(service, plan, roles),
  ]);
  const { reported, record } = knowledge;
  const known: KnownVersions = {
    baseline: versionOf(knowledge, roles.baseline),
    candidate: versionOf({ ...knowledge, record: null }, roles.candidate),
    record,
  };
  const serving = servingSlot(Object.keys(service.route.targets), plane);
  const policy = service.unverifiedVersion ?? 'warn';
  const answer = answerStart({ wanted: plan.version, again, roles, serving, reported, record, policy });
  if (answer.kind === 'alreadyServes') return alreadyServing(roles, answer, plane, known);
  const { problems, warnings } = joined([
    guardsOf(service, plan, roles.candidate),
    findingOf(answer, plan, knowledge),
    ...findings,
  ]);
  if (problems.length > 0) return { fit: false, problems, warnings, known };
  if (history !== null && rolloutId !== undefined)
    observer.keep(rolloutId, [lineOfHistory(rolloutId, plan.service, roles, history)]);
  const analysis = history === null ? null : learnFrom(plan.analysis, history);
  return { fit: true, roles, fences: plane.fences, analysis, warnings, known };
}

function alreadyServing(
  { baseline, candidate }: Roles,
  { slot, reason }: Extract<StartAnswer, { kind: 'alreadyServes' }>,
  { fences }: PlaneReading,
  known: KnownVersions,
): PreflightReport {
  // What serves is the baseline of what would have been, whatever was adopted.
  const roles = slot === baseline ? { baseline, candidate } : { baseline: candidate, candidate: baseline };
  return { fit: true, roles, fences, analysis: null, warnings: [], known, alreadyServes: reason };
}

function findingOf(answer: StartAnswer, { version = '' }: CanaryPlan, { trouble }: Knowledge): Finding {
  switch (answer.kind) {
    case 'alreadyServes':
      return NOTHING_FOUND;
    case 'goes':
      return { problems: [], warnings: [...answer.warnings, ...trouble] };
    case 'refused': {
      const { message, remedy } = answer;
      return { problems: [{ subject: 'version', message, expected: `version ${version}`, remedy }], warnings: trouble };
    }
  }
}

/** What the worker's own configuration says against a rollout is a problem among others. */
function orProblem<Found>(
  subject: 'service' | 'tier',
  find: () => Found,
): { found: Found } | { problem: PreflightProblem } {
  try {
    return { found: find() };
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    const { message, expected = 'what headgate.yaml of the worker names', remedy = 'Look at headgate.yaml' } = error;
    return { problem: { subject, message, expected, remedy } };
  }
}
