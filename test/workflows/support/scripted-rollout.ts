import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { Context, heartbeat } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import type {
  Activities,
  JudgeInput,
  SetWeightsInput,
  StageAnswer,
  WatchEnd,
  WatchInput,
} from '../../../src/activities/contracts.js';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import type { RolloutStatus } from '../../../src/domain/staged-traffic/status.js';
import { STATUS_QUERY, watchQueueOf } from '../../../src/workflows/messages.js';
import '../../helpers/quiet-runtime.js';
import { until } from '../../helpers/until.js';

/** Less often, Temporal would take it for lost. */
const ALIVE_EVERY_MS = 1000;

const nothing = (): Promise<void> => Promise.resolve();

/** A call of an activity that waits for the test's answer. */
export interface Call<Input, Answer> {
  readonly input: Input;
  answer(answer: Answer): void;
}

/** A canary whose activities answer as a test says, and whose workflow worker comes and goes. */
export interface ScriptedRollout {
  readonly handle: WorkflowHandle;
  /** In the order in which they were asked. */
  readonly watches: readonly Call<WatchInput, WatchEnd>[];
  readonly judgements: readonly Call<JudgeInput, StageAnswer>[];
  /** What was set, in the order in which it was. */
  readonly set: readonly SetWeightsInput[];
  status(): Promise<RolloutStatus>;
  /** Of the run that runs now. */
  runId(): Promise<string>;
  /** What happens until `meanwhile` is over comes to the workflow all at once. */
  withoutWorkflows(meanwhile: () => Promise<void>): Promise<void>;
  /** Until no activity of this id is under way any more. */
  isAnswered(activityId: string): Promise<void>;
  stop(): Promise<void>;
}

/** What differs from a canary that nothing keeps from its end. */
export interface Script {
  readonly plan: CanaryPlan;
  readonly historyLimit?: number;
  /** Before weights are set. */
  readonly beforeSetting?: () => Promise<void>;
  /** Before it is looked for drift. */
  readonly beforeReading?: () => Promise<void>;
}

export async function startScripted(script: Script): Promise<ScriptedRollout> {
  const { plan, historyLimit } = script;
  const address = inject('temporalAddress');
  const [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  const taskQueue = `headgate-${randomUUID()}`;
  const watches: Call<WatchInput, WatchEnd>[] = [];
  const judgements: Call<JudgeInput, StageAnswer>[] = [];
  const set: SetWeightsInput[] = [];
  const activities: Activities = {
    preflight: () =>
      Promise.resolve({
        fit: true,
        roles: { baseline: 'blue', candidate: 'green' },
        warnings: [],
        known: { baseline: null, candidate: null, record: null },
        fences: [0],
        analysis: null,
      }),
    async setWeights(input) {
      await orCancelled(script.beforeSetting ?? nothing);
      set.push(input);
      return { outcome: 'set', instances: 1, weights: input.weights };
    },
    async readDrift() {
      await orCancelled(script.beforeReading ?? nothing);
      return { drift: null, undone: null };
    },
    watchStage: (input) => asked(watches, input),
    judgeStage: (input) => asked(judgements, input),
    checkEnvironment: () => Promise.reject(new Error('a canary does not call it')),
    record: () => Promise.resolve(),
    lookAtHealth: () => Promise.reject(new Error('no rollout looks')),
    lookAtMetrics: () => Promise.reject(new Error('no rollout looks')),
    runHook: () => Promise.resolve({ answer: 'yes' }),
    bringBack: () => Promise.reject(new Error('no stop is in this script')),
  };
  const stopActivities = await Promise.all(
    [taskQueue, watchQueueOf(taskQueue)].map(async (queue) =>
      run(
        await Worker.create({
          connection: native,
          taskQueue: queue,
          activities: { ...activities },
          maxHeartbeatThrottleInterval: '1s',
          shutdownGraceTime: '1s',
        }),
      ),
    ),
  );
  const startWorkflows = async (): Promise<() => Promise<void>> =>
    run(
      await Worker.create({
        connection: native,
        taskQueue,
        workflowBundle: { codePath: inject('workflowBundlePath') },
        // The others go on without it; an undo is local.
        activities: { ...activities },
        enableNonLocalActivities: false,
        // One that was stopped is not waited for.
        stickyQueueScheduleToStartTimeout: '1s',
        shutdownGraceTime: '1s',
      }),
    );
  let stopWorkflows = await startWorkflows();
  const client = new Client({ connection });
  const workflowId = `${taskQueue}/rollout/${plan.service}`;
  await client.workflow.start('canaryRollout', {
    workflowId,
    taskQueue,
    args: [{ plan, ...(historyLimit === undefined ? {} : { historyLimit }) }],
  });
  const handle = client.workflow.getHandle(workflowId);
  return {
    handle,
    watches,
    judgements,
    set,
    status: () => handle.query<RolloutStatus>(STATUS_QUERY),
    runId: async () => (await handle.describe()).runId,
    async withoutWorkflows(meanwhile) {
      await stopWorkflows();
      await meanwhile();
      stopWorkflows = await startWorkflows();
    },
    async isAnswered(activityId) {
      await until(`${activityId} to be answered`, async () => {
        const { pendingActivities } = (await handle.describe()).raw;
        return !(pendingActivities ?? []).some((one) => one.activityId === activityId);
      });
    },
    async stop() {
      await handle.terminate().catch(ended);
      await Promise.all([stopWorkflows(), ...stopActivities.map((stop) => stop())]);
      await Promise.all([connection.close(), native.close()]);
    },
  };
}

/** Waits for an answer, or until nobody wants it any more. */
async function asked<Input, Answer>(calls: Call<Input, Answer>[], input: Input): Promise<Answer> {
  const alive = setInterval(() => heartbeat(), ALIVE_EVERY_MS);
  const answered = new Promise<Answer>((resolve) => {
    calls.push({ input, answer: resolve });
  });
  return orCancelled(() => answered).finally(() => {
    clearInterval(alive);
  });
}

/** Does not keep a worker from its end. */
async function orCancelled<T>(work: () => Promise<T>): Promise<T> {
  return Promise.race([work(), Context.current().cancelled]);
}

/** Runs a worker; answers with what ends it. */
function run(worker: Worker): () => Promise<void> {
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
  };
}

function ended(error: unknown): void {
  if (!(error instanceof Error && error.name === 'WorkflowNotFoundError')) throw error;
}
