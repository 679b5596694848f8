import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities, PreflightReport } from '../../activities/contracts.js';
import { guardedPlan } from '../../domain/rollout/guarded-plan.js';
import { messageOf } from './persistently.js';
import type { Shell } from './shell.js';

const activities = proxyActivities<Activities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 3 },
  summary: 'Is the service fit for a rollout?',
});

/** Looks before the first percent moves. `warnings` are what the workflow has noticed itself. */
export async function preflight({ rollout, publisher }: Shell, warnings: readonly string[]): Promise<void> {
  if (rollout.state.step !== 'preflight') return;
  publisher.publish();
  const report = await rollout.unlessStopped(() => look(rollout.state));
  if (report.fit) rollout.happens({ ...report, type: 'preflightPassed', warnings: [...warnings, ...report.warnings] });
  else
    rollout.happens({
      type: 'preflightFailed',
      reason: `preflight: ${report.problems.map(sentence).join('; ')}`,
      evidence: report.problems,
    });
  rollout.proceed();
}

async function look({ plan, id }: Shell['rollout']['state']): Promise<PreflightReport> {
  try {
    return await activities.preflight({ plan: guardedPlan(plan), rolloutId: id });
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
