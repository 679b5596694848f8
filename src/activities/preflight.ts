import { learnFrom } from '../domain/analysis/learn.js';
import { HeadgateError } from '../domain/errors.js';
import { assertInTier, type InstalledTier } from '../domain/tier.js';
import { KNOWN_FROM_PROBES } from '../domain/health/defaults.js';
import type { HealthPlan, Probing } from '../domain/health/health-plan.js';
import type { PreflightPlan } from '../domain/traffic/guard-plan.js';
import { servingSlot, type KnownVersions, type PlaneReading } from '../domain/traffic/serving/serves.js';
import { answerStart, type StartAnswer } from '../domain/traffic/serving/what-serves.js';
import type { Roles } from '../domain/traffic/weights.js';
import { findRoles, findService, inspectForRoles } from '../inspection/inspect.js';
import { inspectHooks } from '../inspection/hooks.js';
import { inspectPlane } from '../inspection/plane.js';
import { reportedVersions } from '../inspection/versions.js';
import { sentenceOf } from '../inspection/words.js';
import type { Ports, ServicePorts } from '../ports/service.js';
import type { PreflightInput, PreflightProblem, PreflightReport } from './contracts.js';
import { Observer } from './observing/observer.js';
import { historyOfBaseline, lineOfHistory } from './preflight/baseline-history.js';
import { joined, problemOf, weigh, type PreflightFindings } from './preflight/findings.js';
import { problemWithFreeze, type AskFreeze } from './preflight/freeze.js';
import { guardsOf } from './preflight/guards.js';
import { knowledgeOf, knownVersions, type Knowledge } from './preflight/knowledge.js';
import type { ReadPastRollouts } from './preflight/memory.js';
import { preflightOfUndo } from './preflight/undo.js';

/**
 * Whether the service is fit for this rollout, and whether it is needed. Looks only; nothing moves. All problems at once.
 *
 * @param readPast reads earlier rollouts. Default: what Temporal remembers.
 * @param askFreeze asks which stops are in force. Default: of Temporal.
 */
export async function preflight(
  ports: Ports,
  input: PreflightInput,
  observer = new Observer(ports.observations),
  readPast?: ReadPastRollouts,
  askFreeze?: AskFreeze,
): Promise<PreflightReport> {
  const service = findService(ports, input.plan.service);
  if ('code' in service) return { fit: false, problems: [problemOf(service)] };
  const problem = problemWithTier(ports.tier, input);
  if (problem !== null) return { ...hooksOf(service), fit: false, problems: [problem] };
  const looked = await look(ports, service, input, observer, readPast);
  const report = service.hooks === undefined ? looked : await withHooks(ports, service, looked);
  // The last question, and no sooner: see there. An undo that is to be at once is the way back itself.
  const frozen = input.undo?.now === true ? null : await problemWithFreeze(input.plan.service, askFreeze);
  if (frozen !== null)
    return { ...hooksOf(service), fit: false, problems: [frozen, ...(report.fit ? [] : report.problems)] };
  return report.fit && ports.tier !== undefined ? { ...report, tier: ports.tier.tier } : report;
}

/** Also a rollout that is refused tells its end. */
function hooksOf({ hooks }: ServicePorts): Pick<PreflightReport, 'hooks'> {
  return hooks === undefined ? {} : { hooks };
}

/** With the hooks that the rollout has, and a warning of each that cannot work. */
async function withHooks(ports: Ports, service: ServicePorts, report: PreflightReport): Promise<PreflightReport> {
  const found = (await inspectHooks(ports, service.service)).map(sentenceOf);
  return {
    ...report,
    ...hooksOf(service),
    ...(found.length === 0 ? {} : { warnings: [...(report.warnings ?? []), ...found] }),
  };
}

/** People also start workflows past every program that knows the tier, so the worker, which knows it, has the last word. */
function problemWithTier(tier: InstalledTier | undefined, { plan, asks }: PreflightInput): PreflightProblem | null {
  if (tier === undefined || asks === undefined) return null;
  try {
    assertInTier({ ...asks, checks: plan.analysis.checks }, tier);
    return null;
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    const { message, expected = 'what headgate.yaml of the worker names', remedy = 'Look at headgate.yaml' } = error;
    return { subject: 'tier', message, expected, remedy };
  }
}

async function look(
  ports: Ports,
  service: ServicePorts,
  input: PreflightInput,
  observer: Observer,
  readPast: ReadPastRollouts | undefined,
): Promise<PreflightReport> {
  const plane = await inspectPlane(service);
  const learn = (reported = reportedVersions(service)): Promise<Knowledge> =>
    knowledgeOf(service, plane, reported, ports.journal, readPast);
  if (input.undo !== undefined) return preflightOfUndo(service, input.plan, input.undo, plane, learn);
  if (plane.faults.length > 0) return { fit: false, problems: plane.faults.map(problemOf) };
  const roles = findRoles(service, plane, input.plan.adopt);
  if ('code' in roles) return { fit: false, problems: [problemOf(roles)] };
  return preflightOfStart(service, input, { roles, plane, learn, observer });
}

interface Looking {
  readonly roles: Roles;
  readonly plane: PlaneReading;
  readonly learn: (reported: Promise<Knowledge['reported']>) => Promise<Knowledge>;
  readonly observer: Observer;
}

async function preflightOfStart(
  service: ServicePorts,
  { plan: planned, rolloutId, again = false, candidateComesLater, probesBoth }: PreflightInput,
  { roles, plane, learn, observer }: Looking,
): Promise<PreflightReport> {
  const health = probesBoth === undefined ? undefined : healthOfBoth(service, planned, probesBoth);
  if (health === null) return { fit: false, problems: [NOTHING_TO_PROBE] };
  const plan = health === undefined ? planned : { ...planned, health };
  const reporting = reportedVersions(service);
  const [knowledge, history, findings] = await Promise.all([
    learn(reporting),
    historyOfBaseline(service, plan, roles),
    inspectForRoles(
      service,
      { ...plan, ...(candidateComesLater === true ? { candidateComesLater } : {}) },
      roles,
      reporting,
    ),
  ]);
  const { reported, record } = knowledge;
  const known = knownVersions(knowledge, roles);
  const serving = servingSlot(Object.keys(service.route.targets), plane);
  const policy = service.unverifiedVersion ?? 'warn';
  const answer = answerStart({ wanted: plan.version, again, roles, serving, reported, record, policy });
  if (answer.kind === 'alreadyServes') return alreadyServing(roles, answer, plane, known);
  const { problems, warnings } = joined([
    guardsOf(service, plan, roles.candidate),
    candidateComesLater === true ? { warnings: knowledge.trouble } : weighAnswer(answer, plan, knowledge),
    weigh(findings),
  ]);
  if (problems.length > 0) return { fit: false, problems, warnings, known };
  if (history !== null && rolloutId !== undefined)
    observer.keep(rolloutId, [lineOfHistory(rolloutId, plan.service, roles, history)]);
  const analysis = history === null ? null : learnFrom(plan.analysis, history);
  return {
    fit: true,
    roles,
    fences: plane.fences,
    analysis,
    warnings,
    known,
    ...(health === undefined ? {} : { health }),
  };
}

/** Of the plan, or of the service; `null` where neither says anything. */
function healthOfBoth(
  service: ServicePorts,
  { health = service.health }: Pick<PreflightPlan, 'health'>,
  probing: Probing,
): HealthPlan | null {
  return health === undefined ? null : { knownFromProbes: KNOWN_FROM_PROBES, ...health, ...probing, ofBaseline: true };
}

const NOTHING_TO_PROBE: PreflightProblem = {
  subject: 'candidate',
  message: 'nothing says how the environments are probed, so nobody could tell which of them is healthy',
  expected: 'endpoints that answer 2xx when an environment is well',
  remedy: 'Name them under health: in the specification, or under the service in headgate.yaml',
};

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

function weighAnswer(
  answer: Exclude<StartAnswer, { kind: 'alreadyServes' }>,
  { version = '' }: PreflightPlan,
  { trouble }: Knowledge,
): Partial<PreflightFindings> {
  if (answer.kind === 'goes') return { warnings: [...answer.warnings, ...trouble] };
  const { message, remedy } = answer;
  return { problems: [{ subject: 'version', message, expected: `version ${version}`, remedy }], warnings: trouble };
}
