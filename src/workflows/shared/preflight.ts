import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities, PreflightReport } from '../../activities/contracts.js';
import { describeProblem } from '../../domain/errors.js';
import { problemsOfPlan } from '../../domain/rollout/plan-rules.js';
import { guardedPlan } from '../../domain/rollout/guarded-plan.js';
import { messageOf } from './persistently.js';
import { Stopped } from './rollout.js';
import type { Shell } from './shell.js';

const activities = proxyActivities<Activities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 3 },
  summary: 'Is the service fit for a rollout?',
});

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
  else {
    const { problems: found, ...learned } = report;
    rollout.happens({
      ...learned,
      type: 'preflightFailed',
      reason: `preflight: ${found.map(sentence).join('; ')}`,
      evidence: found,
    });
  }
  rollout.proceed();
}

async function look({ plan, id, again, undo }: Shell['rollout']['state']): Promise<PreflightReport> {
  try {
    return await activities.preflight({
      plan: guardedPlan(plan),
      rolloutId: id,
      ...(again === undefined ? {} : { again }),
      ...(undo === undefined ? {} : { undo }),
    });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const remedy = 'Look into the log of the worker';
    return {
      fit: false,
      problems: [
        { subject: 'worker', message: messageOf(error), expected: 'a preflight that runs to its end', remedy },
      ],
    };
  }
}

function sentence(problem: { subject: string; message: string; expected: string; remedy: string }): string {
  return `${problem.subject}: ${problem.message}; expected ${problem.expected}. ${problem.remedy}`;
}
