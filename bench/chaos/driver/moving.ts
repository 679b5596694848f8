import { request } from 'undici';
import type { Slot } from '../world/plane.js';
import { runCommand } from '../world/command-line.js';
import type { ChaosWorld } from '../world/world.js';
import type { Recorder } from './recorder.js';

const TIMEOUT_MS = 30_000;

/** As a person does it with what the data plane itself offers, or, where that is a file, with `break-glass`. */
export async function moveByHand(
  world: ChaosWorld,
  recorder: Recorder,
  service: string,
  greenPercent: number,
): Promise<void> {
  if (world.router === 'envoy') {
    await write(world, recorder, service, [`green=${String(greenPercent)}`, `blue=${String(100 - greenPercent)}`]);
    return;
  }
  const fromMs = Date.now();
  const weights = [
    { backend: 'green', percent: greenPercent },
    { backend: 'blue', percent: 100 - greenPercent },
  ];
  const { body } = await request(`${world.adminUrl}/routes/${service}/weights`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ weights }),
  });
  await body.dump();
  recorder.moves.push({ service, by: 'hand', greenPercent, fromMs, toMs: Date.now() });
}

/** All traffic to `slot`, past Temporal. */
export async function breakGlass(world: ChaosWorld, recorder: Recorder, service: string, slot: Slot): Promise<void> {
  await write(world, recorder, service, [`${slot}=100`]);
}

async function write(
  world: ChaosWorld,
  recorder: Recorder,
  service: string,
  weights: readonly string[],
): Promise<void> {
  const fromMs = Date.now();
  const { exitCode } = await runCommand({
    words: ['break-glass', 'set-weights', service, ...weights, '-y', '--reason', 'chaos'],
    folder: world.personFolder,
    temporalPort: world.temporal.port,
    reaper: world.reaper,
    timeoutMs: TIMEOUT_MS,
  });
  const toMs = Date.now();
  const green = weights.find((weight) => weight.startsWith('green='));
  const greenPercent = green === undefined ? 0 : Number(green.slice('green='.length));
  recorder.moves.push({ service, by: 'breakGlass', greenPercent, fromMs, toMs });
  const isDone = exitCode === 0;
  recorder.words.push({
    service,
    atMs: toMs,
    command: 'break-glass',
    firstRunId: null,
    exitCode,
    greenPercent: isDone ? greenPercent : null,
  });
}
