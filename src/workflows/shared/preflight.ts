import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities, PreflightInput, PreflightProblem, PreflightReport } from '../../activities/contracts.js';
import { describeProblem } from '../../domain/errors.js';
import { problemsOfPlan } from '../../domain/rollout/plan-rules.js';
import { guardedPlan } from '../../domain/rollout/guarded-plan.js';
import { messageOf } from './persistently.js';
import { Stopped } from './rollout.js';
import type { Shell } from './shell.js';
import { ELSEWHERE, handedOutAnew, isUnknownHere, leavingUnknown } from './where-known.js';

const OPTIONS = {
  startToCloseTimeout: '30s',
  retry: leavingUnknown({ initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 3 }),
  summary: 'Is the service fit for a rollout?',
} as const;

const activities = proxyActivities<Activities>(OPTIONS);

/** Looks before the first percent moves. The plan is checked again: people also start workflows from raw JSON. */
export async function preflight({ rollout, publisher }: Shell): Promise<void> {
  if (rollout.state.step !== 'preflight') return;
  const problems = problemsOfPlan(rollout.state.plan);
  if (problems.length > 0) {
    rollout.happens({
      type: 'preflightFailed',
      reason: `the plan is not valid:\n${problems.map(describeProblem).join('\n')}`,
      evidence: problems,
    });
    throw new Stopped();
  }
  publisher.publish();
  const report = await rollout.unlessStopped(() => look(rollout.state));
  if (report.fit) rollout.happens({ ...report, type: 'preflightPassed' });
  else
    rollout.happens({
      type: 'preflightFailed',
      reason: `preflight: ${report.problems.map(sentence).join('; ')}`,
      evidence: report.problems,
    });
  rollout.proceed();
}

async function look({ plan, id }: Shell['rollout']['state']): Promise<PreflightReport> {
  const input = { plan: guardedPlan(plan), rolloutId: id };
  try {
    return await activities.preflight(input);
  } catch (error) {
    return isUnknownHere(error) ? lookElsewhere(input) : notRun(error);
  }
}

/** The worker that took it does not know the service; another one may. */
async function lookElsewhere(input: PreflightInput): Promise<PreflightReport> {
  try {
    return await handedOutAnew(OPTIONS, ELSEWHERE).preflight(input);
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

function sentence(problem: { subject: string; message: string; expected: string; remedy: string }): string {
  return `${problem.subject}: ${problem.message}; expected ${problem.expected}. ${problem.remedy}`;
}
