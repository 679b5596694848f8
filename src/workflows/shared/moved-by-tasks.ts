import type { WorkflowInterceptors, WorkflowInternalsInterceptor } from '@temporalio/workflow';

type ActivateInput = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0];
type Activation = ActivateInput['activation'];

/** How far a workflow was told its history. The size and the time are those of the newest task. */
interface Told {
  readonly events: number;
  readonly bytes: string;
  readonly at: string;
}

/**
 * A workflow is moved by its tasks, and never by a question that comes before one.
 *
 * A worker that does not know a rollout yet and is asked about it is sent the whole history, with what has happened since
 * the last task. The SDK lets that happen to the workflow at once, at the time of the task before. What the workflow decides
 * then is not what it decides at the task's own time, so its history could not be replayed, and it would stand still for
 * ever. So the question is refused, the worker forgets what it has read, and the task that is on its way decides.
 */
class MovedByTasks implements WorkflowInternalsInterceptor {
  private told: Told | null = null;

  activate: NonNullable<WorkflowInternalsInterceptor['activate']> = (input, next) => {
    const { activation } = input;
    const told = toldBy(activation);
    if (this.told !== null && !isQuestion(activation) && isAheadOfItsTask(this.told, told, activation))
      throw new Error('what has happened waits for its workflow task, which is on its way: ask again');
    this.told = told;
    next(input);
  };
}

/** For every worker that runs rollouts: `interceptors.workflowModules`, or `workflowInterceptorModules` of its bundle. */
export const interceptors = (): WorkflowInterceptors => ({ internals: [new MovedByTasks()] });

function toldBy({ historyLength, historySizeBytes, timestamp }: Activation): Told {
  return {
    events: historyLength ?? 0,
    bytes: String(historySizeBytes ?? 0),
    at: `${String(timestamp?.seconds ?? 0)}.${String(timestamp?.nanos ?? 0)}`,
  };
}

function isQuestion({ jobs }: Activation): boolean {
  return (jobs ?? []).every(({ queryWorkflow }) => queryWorkflow != null);
}

/** More events but no newer task: each task has a time of its own, and the history grows from one to the next. */
function isAheadOfItsTask(before: Told, now: Told, { isReplaying }: Activation): boolean {
  return isReplaying !== true && now.events > before.events && now.bytes === before.bytes && now.at === before.at;
}
