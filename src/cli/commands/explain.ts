import { backtest } from '../../domain/observations/backtest.js';
import type { StageReport } from '../../domain/observations/report.js';
import type { CheckPicture } from '../../domain/traffic/picture.js';
import { isStagedTraffic } from '../../domain/staged-traffic/is-staged-traffic.js';
import type { StatusBase } from '../../domain/rollout/status.js';
import type { RolloutStatus } from '../../domain/staged-traffic/status.js';
import type { StageStatus } from '../../domain/stages/status.js';
import type { Context } from '../context.js';
import { exitOfError } from '../exit-of-error.js';
import { documentOf, type ExplainedCheck, type ExplainedStage } from '../output/documents.js';
import { explanationLines } from '../output/explanation-text.js';
import { checkSentence } from '../../presentation/checks.js';
import { statusLinesOf } from '../../presentation/any-kind.js';
import { nextAfterExplaining } from '../../presentation/next.js';
import { recallFrom } from '../recall.js';
import type { Result } from '../result.js';
import { observedOf } from './observed.js';
import { targetOf } from './target.js';

/**
 * Why a rollout stands where it stands, or came out as it did, check by check: of a stage that runs as its watch sees
 * it, of the others from what was observed.
 */
export async function explain(context: Context, id: string | undefined): Promise<Result> {
  const target = await targetOf(context, id);
  const status = await statusOf(context, target);
  const stages = isStagedTraffic(status) ? stagesOf(status, await reportsOn(context, status.id)) : [];
  const next = nextAfterExplaining(status);
  const { service, phase, outcome, reason } = status;
  return {
    document: documentOf('Explanation', { id: status.id, service, phase, outcome, reason, stages, next }),
    text: (view) => (isStagedTraffic(status) ? explanationLines(status, stages, view) : statusLinesOf(status, view)),
  };
}

/** What has ended is in the journal, also while no server answers. */
async function statusOf(context: Context, target: string): Promise<StatusBase> {
  try {
    return await (await context.session.rollouts()).getDeploymentStatus(target);
  } catch (error) {
    const recalled =
      exitOfError(error) === 'unreachable' ? await recallFrom(() => context.session.journal())(target) : null;
    if (recalled === null) throw error;
    return recalled;
  }
}

/** Observations may be on another machine: then the conclusions must do. */
async function reportsOn(context: Context, id: string): Promise<readonly StageReport[]> {
  try {
    return backtest(await observedOf(context, id), 'recorded').stages;
  } catch (error) {
    if (exitOfError(error) !== 'notFound')
      context.progress(`! what was observed cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

function stagesOf(status: RolloutStatus, reports: readonly StageReport[]): readonly ExplainedStage[] {
  return status.stages.flatMap((stage, index) => {
    const number = index + 1;
    if (stage.startedAt === null) return [];
    // What the watch saw last is older than the decision that ended its stage.
    const isLive = number === status.currentStage && status.checks.length > 0 && status.stop === null;
    const own = reports.filter((report) => report.stage === number);
    const before = (isLive ? own.slice(0, -1) : own).map((report) =>
      observedStage(stage, report, report === own.at(-1)),
    );
    return isLive || own.length === 0 ? [...before, toldStage(stage, number, isLive ? status.checks : [])] : before;
  });
}

function toldStage(stage: StageStatus, number: number, live: readonly CheckPicture[]): ExplainedStage {
  const checks = live.map(explained);
  const { trafficPercent, startedAt, endedAt, conclusion } = stage;
  const source = checks.length > 0 ? 'live' : 'none';
  return { stage: number, trafficPercent, startedAt, endedAt, conclusion, source, checks };
}

/** A stage that was left for another share has no conclusion of its own. */
function observedStage(stage: StageStatus, report: StageReport, isLast: boolean): ExplainedStage {
  return {
    stage: report.stage,
    trafficPercent: report.sharePercent,
    startedAt: new Date(report.startedAtMs).toISOString(),
    endedAt: isLast ? stage.endedAt : new Date(report.endedAtMs).toISOString(),
    conclusion: isLast ? stage.conclusion : null,
    source: 'observations',
    checks: report.checks.map(({ last }) => explained(last)),
  };
}

function explained(check: CheckPicture): ExplainedCheck {
  const { name, verdict, value, baselineValue, bound, unit, candidateRequests, baselineRequests } = check;
  const {
    missing = null,
    interval = null,
    increase = null,
    suspended = false,
    healthScore = null,
    proof = null,
  } = check;
  return {
    name,
    verdict,
    sentence: checkSentence(check),
    value,
    baselineValue,
    interval,
    increase,
    bound,
    unit,
    candidateRequests,
    baselineRequests,
    missing,
    suspended,
    healthScore,
    proof,
  };
}
