import type { PreflightPlan } from '../../domain/traffic/guard-plan.js';
import { servingSlot, type KnownVersions, type PlaneReading } from '../../domain/traffic/serving/serves.js';
import type { UndoWish } from '../../domain/traffic/serving/undo-wish.js';
import { answerUndo, type UndoAnswer } from '../../domain/traffic/serving/undo.js';
import { messageOfWarning } from '../../domain/rollout/warnings.js';
import type { Roles } from '../../domain/traffic/weights.js';
import type { ServicePorts } from '../../ports/service.js';
import type { PreflightProblem, PreflightReport } from '../contracts.js';
import { whyNotKnownHealthy } from './candidate.js';
import { joined, NOTHING_FOUND, type Finding } from './finding.js';
import { guardsOf } from './guards.js';
import { versionOf, type Knowledge } from './knowledge.js';
import { lookAtMetrics } from './metrics.js';
import { lookAtSplits } from './splittable.js';

/** Whether the service can go back to what served before. Looks only; nothing moves. */
export async function preflightOfUndo(
  service: ServicePorts,
  plan: PreflightPlan,
  wish: UndoWish,
  plane: PlaneReading & { readonly problems: readonly PreflightProblem[] },
  learn: () => Promise<Knowledge>,
): Promise<PreflightReport> {
  // At once, an instance that is away must not keep users of the others where they are.
  const isBlocked = plane.problems.length > 0 && (wish.now !== true || plane.weights.length === 0);
  if (isBlocked) return { fit: false, problems: plane.problems };
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
      return {
        fit: false,
        problems: [{ subject: 'undo', message, expected, remedy }],
        known: knownOf(knowledge, null),
      };
    }
    case 'nothing': {
      const roles = { baseline: answer.slot, candidate: slots.find((slot) => slot !== answer.slot) ?? answer.slot };
      const known = knownOf(knowledge, roles);
      return {
        fit: true,
        roles,
        fences: plane.fences,
        analysis: null,
        warnings: [],
        known,
        alreadyServes: answer.reason,
      };
    }
    case 'goes':
      return going(service, plan, wish, plane, knowledge, answer);
  }
}

async function going(
  service: ServicePorts,
  plan: PreflightPlan,
  { now = false }: UndoWish,
  plane: PlaneReading & { readonly problems: readonly PreflightProblem[] },
  knowledge: Knowledge,
  { roles, version, warnings: asked }: Extract<UndoAnswer, { kind: 'goes' }>,
): Promise<PreflightReport> {
  const known = knownOf(knowledge, roles);
  const looked = now ? [asWarnings({ problems: plane.problems, warnings: [] })] : await look(service, plan, roles);
  const { problems, warnings } = joined([{ problems: [], warnings: [...asked, ...knowledge.trouble] }, ...looked]);
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
async function look(service: ServicePorts, plan: PreflightPlan, roles: Roles): Promise<readonly Finding[]> {
  const [health, metrics, splits] = await Promise.all([
    lookAtHealth(service, plan, roles),
    plan.analysis.checks.length === 0 ? NOTHING_FOUND : lookAtMetrics(service, plan, roles),
    lookAtSplits(service, plan, roles),
  ]);
  return [guardsOf(service, plan, roles.candidate), health, asWarnings(metrics), splits];
}

async function lookAtHealth(service: ServicePorts, plan: PreflightPlan, { candidate }: Roles): Promise<Finding> {
  const why = await whyNotKnownHealthy(service, plan, candidate);
  if (why === null) return NOTHING_FOUND;
  return {
    problems: [
      {
        subject: 'candidate',
        message: `${candidate} is not known to be healthy: ${why}`,
        expected: 'health endpoints that answer with status 2xx, just now',
        remedy: `Start what served there before, or go back without probing it: headgate undo ${plan.service} --now`,
      },
    ],
    warnings: [],
  };
}

function asWarnings({ problems, warnings }: Finding): Finding {
  return { problems: [], warnings: [...problems.map(({ message }) => message), ...warnings.map(messageOfWarning)] };
}

function knownOf(knowledge: Knowledge, roles: Roles | null): KnownVersions {
  return {
    baseline: roles === null ? null : versionOf(knowledge, roles.baseline),
    candidate: roles === null ? null : versionOf({ ...knowledge, record: null }, roles.candidate),
    record: knowledge.record,
  };
}
