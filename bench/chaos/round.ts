import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Releasers } from '../../src/dev/releasers.js';
import { Driver } from './driver/driver.js';
import { journalLines } from './driver/journal-lines.js';
import { Recorder } from './driver/recorder.js';
import { allRollouts, isInFlight } from './driver/rollouts.js';
import { recordCommand } from './driver/commanding.js';
import { shortened } from './driver/shortened.js';
import { Tracker } from './driver/tracker.js';
import { ABORT_ENDS_MS, MOST_TASK_ATTEMPTS } from './promises.js';
import type { Schedule, StartAction } from './schedule/schedule.js';
import { plain } from './schedule/texts.js';
import type { Timeline } from './timeline/timeline.js';
import { startChaosWorld, type ChaosWorld } from './world/world.js';

/** After the faults are lifted, what was delayed may still arrive. */
const LATE_ARRIVALS_MS = 3000;

/** A little longer than what is promised, so that what is late is seen to be late. */
const END_PATIENCE_MS = ABORT_ENDS_MS + 10_000;

const LOOK_EVERY_MS = 200;

/** How long what is started at the very end runs. */
const LAST_STAGE_MS = 60_000;

export interface RoundOptions {
  readonly executable: string;
  readonly schedule: Schedule;
  readonly directory: string;
  readonly tell: (line: string) => void;
}

/** Carries a schedule out on real parts, then ends everything in good order; answers with all that was seen. */
export async function runRound(options: RoundOptions, releasers: Releasers): Promise<Timeline> {
  const { executable, schedule, directory, tell } = options;
  const world = await startChaosWorld(executable, schedule, directory, releasers);
  const names = schedule.services.map(({ name }) => name);
  const recorder = new Recorder();
  const driver = new Driver(world, recorder, (step, error) => {
    tell(`a step could not be taken: ${step.do}: ${shortened(error)}`);
  });
  const tracker = new Tracker(world, recorder, driver.services, names);
  const fromMs = Date.now();
  driver.begin(schedule);
  await sleep(schedule.durationMs);
  tell('lifting every fault');
  await driver.end();
  const liftedMs = Date.now();
  await abortAll(world, recorder, names);
  await allClosed(world, names);
  tell('one more rollout of each service');
  await Promise.all(names.map((name) => driver.start(lastStart(name))));
  await abortAll(world, recorder, names);
  await allClosed(world, names);
  await sleep(LATE_ARRIVALS_MS);
  await tracker.stop();
  await driver.settled();
  const seen = await world.seen();
  return {
    ...seen,
    schedule,
    fromMs,
    liftedMs,
    toMs: Date.now(),
    ...recorder.facts(),
    rollouts: await allRollouts(world.temporal.client, suspectsOf(recorder)),
    journal: journalLines(await world.journal.lines()),
  };
}

function lastStart(service: string): StartAction {
  return {
    do: 'start',
    service,
    via: 'client',
    plan: {
      stages: [
        { percent: 5, durationMs: LAST_STAGE_MS },
        { percent: 100, durationMs: LAST_STAGE_MS },
      ],
      autoProgression: true,
      autoRollback: true,
      onDrift: 'hold',
      onUnknown: 'hold',
      health: false,
    },
    candidate: { to: { kind: 'healthy' }, afterMs: 0 },
    rightAfterEnd: false,
    adopt: false,
    requestedBy: plain('chaos'),
    request: 'none',
  };
}

/** Whose workflow task was tried again. */
function suspectsOf({ looks }: Recorder): ReadonlySet<string> {
  const failing = looks.filter(({ taskAttempt }) => taskAttempt > MOST_TASK_ATTEMPTS);
  return new Set(failing.map(({ firstRunId }) => firstRunId));
}

const LAST_ABORT = { what: 'abort', names: 'nothing', stage: 'nothing', fields: {}, textBytes: 0 } as const;

async function abortAll(world: ChaosWorld, recorder: Recorder, names: readonly string[]): Promise<void> {
  const { client } = world.temporal;
  await Promise.all(
    names.map(async (service) => {
      if (!(await isRunning(world, service))) return;
      await recordCommand(world, recorder, { ...LAST_ABORT, service }, () =>
        client.workflow.getHandle(`rollout/${service}`).signal('abort', { reason: 'the round is over', by: 'chaos' }),
      );
    }),
  );
}

async function allClosed(world: ChaosWorld, names: readonly string[]): Promise<void> {
  for (const endsAtMs = Date.now() + END_PATIENCE_MS; Date.now() < endsAtMs;) {
    const running = await Promise.all(names.map((name) => isRunning(world, name)));
    if (!running.includes(true)) return;
    await sleep(LOOK_EVERY_MS);
  }
}

/** A service that never had a rollout has none in flight. */
async function isRunning({ temporal }: ChaosWorld, service: string): Promise<boolean> {
  return isInFlight(temporal.client, service).catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  });
}
