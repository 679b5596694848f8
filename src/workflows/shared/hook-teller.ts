import { CancellationScope, condition, ParentClosePolicy, sleep, startChild, workflowInfo } from '@temporalio/workflow';
import { newCauses, type Telling } from '../../domain/hooks/state.js';
import { callsOf } from '../../domain/rollout/calls.js';
import { KEEP_TELLING } from '../messages.js';
import { runHook, tellHook, type HookedRollout } from './hooks.js';

/** How long a rollout that has ended waits for its hooks to be told, before another workflow does it. */
const LAST_NOTICES_MS = 10_000;

/** Tells hooks what happens to a rollout, each in order and beside the rollout: none delays a step, or another hook. */
export class HookTeller {
  private readonly busy = new Set<string>();

  constructor(private readonly rollout: HookedRollout) {}

  /** Calls people for what is new, and begins to tell what is not told yet. */
  flush(): void {
    this.callPeople();
    for (const hook of new Set(this.untold().flatMap(({ hooks }) => hooks))) {
      if (this.busy.has(hook)) continue;
      this.busy.add(hook);
      void CancellationScope.nonCancellable(() => this.tell(hook));
    }
  }

  /** Tells how it has ended, and waits a moment: hooks that are away do not keep the service. */
  async tellLast(): Promise<void> {
    if (this.rollout.state.hooks === undefined) return;
    const { stop, moved } = this.rollout.status;
    if (stop !== null && moved) tellHook(this.rollout, 'rolledBack');
    tellHook(this.rollout, 'completed');
    this.flush();
    if (this.untold().length === 0) return;
    const isDone = (): boolean => this.untold().length === 0;
    const waiting = new CancellationScope();
    let isLate = false;
    void waiting
      .run(() => sleep(LAST_NOTICES_MS, { summary: 'Hooks' }))
      .then(() => {
        isLate = true;
      })
      .catch(() => undefined);
    await condition(() => isDone() || isLate);
    waiting.cancel();
    if (!isDone()) await this.leave();
  }

  /** The rest goes to a workflow of its own. */
  private async leave(): Promise<void> {
    const { workflowId, runId } = workflowInfo();
    await startChild(KEEP_TELLING, {
      workflowId: `${workflowId}/hooks/${runId}`,
      args: [{ untold: this.untold() }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `The last notices of ${this.rollout.state.id}`,
    });
  }

  /** Once for each cause. */
  private callPeople(): void {
    const { hooks, step } = this.rollout.state;
    if (hooks?.byMoment.needsHuman === undefined || step === 'ended') return;
    const calls = callsOf(this.rollout.state, this.rollout.status);
    const causes = calls.map(({ cause }) => cause);
    const fresh = newCauses(hooks, causes, Date.now());
    this.rollout.dispatch({ type: 'hooked', change: { kind: 'called', causes, fresh } });
    for (const { cause, why } of calls) if (fresh.includes(cause)) tellHook(this.rollout, 'needsHuman', { why });
  }

  private async tell(hook: string): Promise<void> {
    try {
      for (let next = this.firstFor(hook); next !== undefined; next = this.firstFor(hook)) {
        const { moment, sequence, payload } = next;
        const report = await runHook(hook, payload);
        const problem = report.answer === 'unknown' ? report.reason : null;
        this.rollout.dispatch({ type: 'hooked', change: { kind: 'heard', moment, sequence, hook, problem } });
      }
    } finally {
      this.busy.delete(hook);
    }
  }

  private firstFor(hook: string): Telling | undefined {
    return this.untold().find(({ hooks }) => hooks.includes(hook));
  }

  private untold(): readonly Telling[] {
    return this.rollout.state.hooks?.untold ?? [];
  }
}
