import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { until } from '../contract/support/eventually.js';
import { buildCommandLine, commandLineFor, kill, type CommandLine, type Running } from './support/command-line.js';
import { quickPlan, startWorld, type World } from './support/world.js';

const HASTY_QUEUES = new URL('./support/hasty-queues.mjs', import.meta.url).href;
const SERVICES = Array.from({ length: 4 }, (_, index) => `asked-${String(index)}`);
/** Whether a question or the task comes first is chance: one of so many does. */
const QUESTIONS = 4;
const TIMEOUT = { timeout: 240_000 };
const SETTLED_MS = 60_000;

let world: World;
let headgate: CommandLine;

beforeAll(async () => {
  await buildCommandLine();
  world = await startWorld({ services: SERVICES, worker: 'none' });
  headgate = await commandLineFor(world, { NODE_OPTIONS: `--import=${HASTY_QUEUES}` });
}, 240_000);

afterAll(async () => {
  await headgate.remove();
  await world.stop();
});

async function startProcess(): Promise<Running> {
  const worker = headgate.start('worker');
  await worker.prints(/"worker started"/);
  return worker;
}

/** The answer, or why there is none. */
const ask = (service: string): Promise<unknown> =>
  world.client.withDeadline(Date.now() + SETTLED_MS, () => handleOf(service).query('status')).catch(String);

const handleOf = (service: string) => world.client.workflow.getHandle(`${world.taskQueue}/rollout/${service}`);

test(
  'a rollout that is asked before its new worker has heard what happened goes on, and replays',
  TIMEOUT,
  async () => {
    const first = await startProcess();
    const started = await Promise.all(
      SERVICES.map((service) =>
        world.deployment.start(
          quickPlan({
            service,
            analysis: { checks: [] },
            stages: [25, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 2500 })),
          }),
        ),
      ),
    );
    await Promise.all(
      started.map(({ id }) => world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null)),
    );
    await kill(first);
    // Asked while nothing has happened that the rollouts do not know; the timers fire before anybody can answer.
    const asked = SERVICES.flatMap((service) => Array.from({ length: QUESTIONS }, () => ask(service)));
    for (const service of SERVICES)
      await until(`the timer of ${service} to fire`, async () => {
        const { events } = await handleOf(service).fetchHistory();
        return events?.some(({ timerFiredEventAttributes }) => timerFiredEventAttributes != null) === true;
      });
    const second = await startProcess();
    const outcomes = await Promise.all(SERVICES.map((service) => handleOf(service).result()));
    expect(outcomes).toEqual(SERVICES.map(() => expect.objectContaining({ outcome: 'promoted' }) as unknown));
    await Promise.all(asked);
    await kill(second);
    const workflowBundle = { codePath: inject('workflowBundlePath') };
    for (const service of SERVICES)
      await expect(
        Worker.runReplayHistory(
          { workflowBundle },
          await handleOf(service).fetchHistory(),
          handleOf(service).workflowId,
        ),
      ).resolves.toBeUndefined();
  },
);
