import type { PreflightPlan } from '../../domain/traffic/guard-plan.js';
import { servingSlot } from '../../domain/traffic/serving/serves.js';
import type { UndoWish } from '../../domain/traffic/serving/undo-wish.js';
import { answerUndo, type UndoAnswer } from '../../domain/traffic/serving/undo.js';
import { messageOfWarning } from '../../domain/rollout/warnings.js';
import type { Roles } from '../../domain/traffic/weights.js';
import { inspectCandidate } from '../../inspection/candidate.js';
import type { InspectionFinding } from '../../inspection/finding.js';
import { inspectMetrics } from '../../inspection/metrics.js';
import type { PlaneInspection } from '../../inspection/plane.js';
import { inspectSplits } from '../../inspection/splits.js';
import type { ServicePorts } from '../../ports/service.js';
import type { PreflightReport } from '../contracts.js';
import { joined, problemOf, weigh, type PreflightFindings } from './findings.js';
import { guardsOf } from './guards.js';
import { knownVersions, type Knowledge } from './knowledge.js';

/** Whether the service can go back to what served before. Looks only; nothing moves. */
export async function preflightOfUndo(
  service: ServicePorts,
  plan: PreflightPlan,
  wish: UndoWish,
  plane: PlaneInspection,
  learn: () => Promise<Knowledge>,
): Promise<PreflightReport> {
  // At once, an instance that is away must not keep users of the others where they are.
  const isBlocked = plane.faults.length > 0 && (wish.now !== true || plane.weights.length === 0);
  if (isBlocked) return { fit: false, problems: plane.faults.map(problemOf) };
  const knowledge = await learn();
  const slots = Object.keys(service.route.targets);
  const answer = answerUndo({
    wish,
    slots,
    serving: servingSlot(slots, plane),
    reported: knowledge.reported,
    recalled: knowledge,
  });
  switch (answer.kind) {
    case 'refused': {
      const { message, expected, remedy } = answer;
      const known = knownVersions(knowledge, null);
      return { fit: false, problems: [{ subject: 'undo', message, expected, remedy }], known };
    }
    case 'nothing': {
      const roles = { baseline: answer.slot, candidate: slots.find((slot) => slot !== answer.slot) ?? answer.slot };
      const known = knownVersions(knowledge, roles);
      const { fences } = plane;
      return { fit: true, roles, fences, analysis: null, warnings: [], known, alreadyServes: answer.reason };
    }
    case 'goes':
      return going(service, plan, wish, plane, knowledge, answer);
  }
}

async function going(
  service: ServicePorts,
  plan: PreflightPlan,
  { now = false }: UndoWish,
  plane: PlaneInspection,
  knowledge: Knowledge,
  { roles, version, warnings: asked }: Extract<UndoAnswer, { kind: 'goes' }>,
): Promise<PreflightReport> {
  const known = knownVersions(knowledge, roles);
  const looked = now ? [asWarnings(plane.faults)] : await look(service, plan, roles, knowledge);
  const { problems, warnings } = joined([{ warnings: [...asked, ...knowledge.trouble] }, ...looked]);
  if (problems.length > 0) return { fit: false, problems, warnings, known };
  const { fences } = plane;
  const isSplit = servingSlot(Object.keys(service.route.targets), plane) === null;
  return {
    fit: true,
    roles,
    fences,
    analysis: null,
    warnings,
    known,
    ...(version === null ? {} : { version }),
    ...(isSplit ? { atOnce: true } : {}),
  };
}

/** The way back must not wait for metrics: what is wrong with them is a warning. */
async function look(
  service: ServicePorts,
  plan: PreflightPlan,
  roles: Roles,
  knowledge: Knowledge,
): Promise<readonly Partial<PreflightFindings>[]> {
  const [health, metrics, splits] = await Promise.all([
    lookAtHealth(service, plan, roles, knowledge),
    plan.analysis.checks.length === 0 ? [] : inspectMetrics(service, plan, roles.baseline),
    inspectSplits(service, plan, roles),
  ]);
  return [guardsOf(service, plan, roles.candidate), health, asWarnings(metrics), weigh(splits)];
}

async function lookAtHealth(
  service: ServicePorts,
  plan: PreflightPlan,
  { candidate }: Roles,
  knowledge: Knowledge,
): Promise<Partial<PreflightFindings>> {
  const why = await whyNotKnownHealthy(service, plan, candidate, knowledge);
  if (why === null) return {};
  return {
    problems: [
      {
        subject: 'candidate',
        message: `${candidate} is not known to be healthy: ${why}`,
        expected: 'health endpoints that answer with status 2xx, just now',
        remedy: `Start what served there before, or go back without probing it: headgate undo ${plan.service} --now`,
      },
    ],
  };
}

/** A backend that nobody has probed is no way back either. */
async function whyNotKnownHealthy(
  service: ServicePorts,
  plan: PreflightPlan,
  backend: string,
  { reported }: Knowledge,
): Promise<string | null> {
  const [finding] = await inspectCandidate(service, plan, backend, Promise.resolve(reported));
  if (finding?.code === 'candidateWithoutUrl') return `${backend} has no url in headgate.yaml, so it cannot be probed`;
  const { endpoints = [] } = plan.health ?? service.health ?? {};
  if (endpoints.length === 0)
    return `no health endpoints are configured for ${service.service}, so nobody has probed ${backend}`;
  return finding === undefined ? null : `GET ${finding.url} ${finding.reason}`;
}

function asWarnings(findings: readonly InspectionFinding[]): Partial<PreflightFindings> {
  const { problems, warnings } = weigh(findings);
  return { warnings: [...problems.map(({ message }) => message), ...warnings.map(messageOfWarning)] };
}
