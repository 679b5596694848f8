import { isCancellation } from '@temporalio/workflow';
import type { PreflightInput, PreflightProblem, PreflightReport } from '../../activities/contracts.js';
import { problemWords } from '../../domain/errors.js';
import { preflightPlanOf } from '../../domain/staged-traffic/guard-plan-of.js';
import { messageOf } from '../shared/retry-until-done.js';
import type { Publisher } from '../shared/publish.js';
import { ELSEWHERE, isUnknownHere, whereKnown } from '../shared/where-known.js';
import type { TrafficRollout } from './traffic.js';

const activities = whereKnown(
  {
    startToCloseTimeout: '30s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 3 },
    summary: 'Is the service fit for a rollout?',
  },
  ELSEWHERE,
);

/** What is asked of a preflight beside what the plan says. */
export type PreflightOptions = Omit<PreflightInput, 'plan' | 'rolloutId'>;

/** Looks before the first percent moves. `warnings` are what the workflow has noticed itself. */
export async function preflight(
  { rollout, publisher }: { readonly rollout: TrafficRollout; readonly publisher: Publisher },
  options: PreflightOptions,
  warnings: readonly string[],
): Promise<void> {
  if (rollout.state.step !== 'preflight') return;
  publisher.publish();
  const report = await rollout.unlessStopped(() => look(rollout.state, options));
  if (report.hooks !== undefined) rollout.dispatch({ type: 'hooked', change: { kind: 'known', hooks: report.hooks } });
  if (report.fit) rollout.dispatch({ ...report, type: 'preflightPassed', warnings: [...warnings, ...report.warnings] });
  else {
    const { problems: found, ...learned } = report;
    rollout.dispatch({
      ...learned,
      type: 'preflightFailed',
      reason: `preflight: ${found.map(sentence).join('; ')}`,
      evidence: found,
    });
  }
  rollout.proceed();
}

async function look({ plan, id }: TrafficRollout['state'], options: PreflightOptions): Promise<PreflightReport> {
  try {
    return await activities.preflight({ plan: preflightPlanOf(plan), rolloutId: id, ...options });
  } catch (error) {
    return notRun(error);
  }
}

/** @throws what cancels it */
function notRun(error: unknown): PreflightReport {
  if (isCancellation(error)) throw error;
  return { fit: false, problems: [isUnknownHere(error) ? NOT_TAKEN : broken(messageOf(error))] };
}

const NOT_TAKEN: PreflightProblem = {
  subject: 'service',
  message: 'no worker that knows the service took the preflight within a minute',
  expected: 'a worker whose headgate.yaml names it',
  remedy: 'Start one, or restart it; headgate doctor compares the workers that there are',
};

function broken(message: string): PreflightProblem {
  const remedy = 'Look into the log of the worker';
  return { subject: 'worker', message, expected: 'a preflight that runs to its end', remedy };
}

function sentence(problem: PreflightProblem): string {
  return `${problem.subject}: ${problemWords(problem)}`;
}
