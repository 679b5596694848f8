import proto, { type temporal } from '@temporalio/proto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterEach, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest';
import { workflowIdOf } from '../../src/domain/rollout/rollout-id.js';
import { hasOwner } from '../../src/worker/take-over/owner.js';
import { stickyQueues, type StickyQueue, type TemporalPlace } from '../../src/worker/take-over/sticky-queues.js';
import { beginTakeOver } from '../../src/worker/take-over/take-over.js';
import { workflowBundle } from '../../src/worker/workflow-bundle.js';
import { eventually, until } from '../contract/support/eventually.js';
import { buildCommandLine, commandLineFor, kill, type CommandLine, type Running } from './support/command-line.js';
import { longPlan, startWorld, type World } from './support/world.js';

const { TaskQueueType, TimeoutType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

const SERVICES = Array.from({ length: 8 }, (_, index) => `svc-${String(index)}`);
const PATIENT_QUEUES = new URL('./support/patient-queues.mjs', import.meta.url).href;
const TIMEOUT = { timeout: 240_000 };
/** On a busy machine a task takes its time. */
const SETTLED_MS = 60_000;

let world: World;
let headgate: CommandLine;
let connection: NativeConnection;
let place: TemporalPlace;
const running: Running[] = [];

beforeAll(async () => {
  await buildCommandLine();
  // Made now, it does not keep a worker from taking over in time.
  await workflowBundle();
});

beforeEach(async () => {
  world = await startWorld({ services: SERVICES, worker: 'none' });
  headgate = await commandLineFor(world);
  connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  place = { connection, namespace: 'default', taskQueue: world.taskQueue };
});

afterEach(async () => {
  await Promise.all(running.splice(0).map(kill));
  await connection.close();
  await headgate.remove();
  await world.stop();
});

/** The real program, in a process of its own. */
async function startProcess(program = headgate): Promise<Running> {
  const worker = program.start('worker');
  running.push(worker);
  await worker.prints(/"worker started"/);
  return worker;
}

async function startRollouts(): Promise<void> {
  const plans = SERVICES.map((service) => longPlan({ service, name: service, analysis: { checks: [] } }));
  await Promise.all(plans.map((plan) => world.deployment.start(plan)));
}

async function abortAll(): Promise<void> {
  const by = { by: 'Ada', reason: 'while it was dead' };
  await Promise.all(SERVICES.map((service) => world.deployment.rollback(service, by)));
}

const handleOf = (service: string) => world.client.workflow.getHandle(workflowIdOf(service, `${world.taskQueue}/`));

/** Until each rollout bakes and no worker has a task of it in hand, but the watch. */
async function settled(): Promise<void> {
  for (const service of SERVICES) {
    await until(
      `${service} to bake`,
      async () => {
        const { pendingWorkflowTask, pendingActivities } = (await handleOf(service).describe()).raw;
        return (
          pendingWorkflowTask == null && pendingActivities?.map(({ activityId }) => activityId).join() === 'watch-1-1'
        );
      },
      SETTLED_MS,
    );
  }
}

/** Rollouts whose worker was killed; what comes for it waits until somebody takes it over. */
async function leaveRollouts(): Promise<void> {
  const patient = await commandLineFor(world, { NODE_OPTIONS: `--import=${PATIENT_QUEUES}` });
  onTestFinished(() => patient.remove());
  const first = await startProcess(patient);
  await startRollouts();
  await settled();
  await kill(first);
}

async function allAborted(): Promise<void> {
  const atZero = async (): Promise<boolean> =>
    (await Promise.all(SERVICES.map((service) => world.candidateShare(service)))).every((share) => share === 0);
  await until('no candidate to have traffic', atZero, SETTLED_MS);
  for (const service of SERVICES) {
    expect(await world.status(service, 'the end', ({ isComplete }) => isComplete)).toMatchObject({
      outcome: 'aborted',
      reason: 'aborted by Ada: while it was dead',
    });
  }
}

type History = temporal.api.history.v1.IHistory;

function tasksGivenBack({ events }: History): readonly string[] {
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed?.cause === WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE
      ? [failed.identity ?? '']
      : [],
  );
}

const givenBackInAll = async (): Promise<number> =>
  (await Promise.all(SERVICES.map(async (service) => tasksGivenBack(await handleOf(service).fetchHistory())))).flat()
    .length;

/** Tasks that lay in the queue of a worker until Temporal took them away. */
function tasksThatLay({ events }: History): number {
  return (events ?? []).filter(
    ({ workflowTaskTimedOutEventAttributes: timedOut }) =>
      timedOut?.timeoutType === TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START,
  ).length;
}

/** Whether a worker that joins now polls a queue of those that live: it does so for seconds, or not at all. */
async function takesFromTheLiving(): Promise<boolean> {
  const queues = await eventually('a queue of a live worker to have tasks', async () => {
    const found = await stickyQueues(place);
    return found.length > 0 ? found.map(({ queue }) => queue) : undefined;
  });
  const takeOver = beginTakeOver(place);
  const join = { isOver: false };
  void takeOver.done.then(() => (join.isOver = true));
  let takes = false;
  while (!join.isOver && !takes) takes = (await Promise.all(queues.map(isTakenOver))).includes(true);
  await takeOver.stop();
  return takes;
}

async function isTakenOver(taskQueue: StickyQueue): Promise<boolean> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace: place.namespace,
    taskQueue,
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  return pollers.some(({ identity }) => identity?.endsWith(' takes over') === true);
}

test('what a worker killed with -9 has left, the next one takes over at once [C-08] [C-12]', TIMEOUT, async () => {
  await leaveRollouts();
  await abortAll();
  await world.startWorker();
  await allAborted();
  const bundle = await workflowBundle();
  for (const service of SERVICES) {
    const history = await handleOf(service).fetchHistory();
    expect(tasksGivenBack(history)).toEqual([expect.stringMatching(/^\d+@.+ takes over$/)]);
    expect(tasksThatLay(history)).toBe(0);
    await expect(Worker.runReplayHistory({ workflowBundle: bundle }, history)).resolves.toBeUndefined();
  }
});

test('so it does although somebody waits for an answer of the one that is gone [C-08] [C-12]', TIMEOUT, async () => {
  await leaveRollouts();
  const asked = SERVICES.map((service) =>
    world.client.withDeadline(Date.now() + SETTLED_MS, () => handleOf(service).query('status')).catch(String),
  );
  await abortAll();
  await world.startWorker();
  await allAborted();
  for (const service of SERVICES) expect(tasksThatLay(await handleOf(service).fetchHistory())).toBe(0);
  await Promise.all(asked);
});

test(
  'a worker that is killed with its hands full, and the next one too, lose nothing [C-08] [C-12]',
  TIMEOUT,
  async () => {
    const first = await startProcess();
    await startRollouts();
    await until('some weights to move', async () => (await world.candidateShare()) > 0, SETTLED_MS);
    await kill(first);
    await abortAll();
    await kill(await startProcess());
    await startProcess();
    await allAborted();
  },
);

test('live workers keep their tasks when another one joins [C-12]', TIMEOUT, async () => {
  await Promise.all([world.startWorker(), world.startWorker()]);
  await startRollouts();
  await settled();
  // A live worker shows itself within 150 ms: a machine that stands still in that very moment is looked at again.
  await until(
    'another one to join, and to poll no queue of the others',
    async () => !(await takesFromTheLiving()),
    SETTLED_MS,
  );
  const before = await givenBackInAll();
  await abortAll();
  await allAborted();
  expect(await givenBackInAll()).toBe(before);
});

test('a live worker is known from a dead one by what it does [C-12]', TIMEOUT, async () => {
  const worker = await startProcess();
  await startRollouts();
  await settled();
  const [inUse, ...others] = await stickyQueues(place);
  if (inUse === undefined) throw new Error('the worker has no queue');
  expect(others).toEqual([]);
  const { queue } = inUse;
  await until('the live worker to poll again', () => hasOwner(place, queue, 'tester'), SETTLED_MS);
  await kill(worker);
  expect(await hasOwner(place, queue, 'tester')).toBe(false);
});
