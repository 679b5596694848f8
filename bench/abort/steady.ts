import { setTimeout as sleep } from 'node:timers/promises';
import { workflowIdOf } from '../../src/domain/rollout/rollout-id.js';
import type { WatchPicture } from '../../src/domain/traffic/picture.js';
import { inParallel } from '../lib/in-parallel.js';
import { cpuSeconds, residentMiB } from '../lib/process-usage.js';
import { round } from '../lib/quantiles.js';
import type { BenchWorld } from './world.js';

export interface SteadyFigures {
  /** Measurements that were made, and those that were due in the same time. */
  readonly measurementsPerSecond: number;
  readonly dueMeasurementsPerSecond: number;
  readonly workerCpuSecondsPerMinute: number;
  readonly temporalCpuSecondsPerMinute: number;
  readonly workerResidentMiB: number;
  readonly temporalResidentMiB: number;
}

const DESCRIBE_CONCURRENCY = 8;

/** Lets all rollouts be analysed for a while and counts what that takes. */
export async function measureSteadyState(world: BenchWorld): Promise<SteadyFigures> {
  const { settings, temporal } = world;
  const workerPid = world.worker().pid;
  const look = () => inParallel(world.services, DESCRIBE_CONCURRENCY, (service) => pictureOf(world, service));
  // Until each has a first measurement; counting does not begin at that moment, which would miss an interval.
  await look();
  const lookedAtMs = performance.now();
  const before = await look();
  const cpuBefore = await Promise.all([cpuSeconds(workerPid), cpuSeconds(temporal.program.pid)]);
  const begunAtMs = performance.now();
  // Each is looked at again after whole intervals, at the same point between two measurements.
  await sleep(lookedAtMs + settings.steadyMs - begunAtMs);
  const minutes = (performance.now() - begunAtMs) / 60_000;
  const cpuAfter = await Promise.all([cpuSeconds(workerPid), cpuSeconds(temporal.program.pid)]);
  const resident = await Promise.all([residentMiB(workerPid), residentMiB(temporal.program.pid)]);
  const after = await look();

  const made = sum(after.map((seen, index) => seen.measurements - (before[index]?.measurements ?? NaN)));
  const seconds = sum(after.map((seen, index) => seen.atMs - (before[index]?.atMs ?? NaN))) / 1000;
  const duePerSecond = (settings.rollouts * 1000) / settings.monitoringIntervalMs;
  return {
    measurementsPerSecond: round((made / seconds) * settings.rollouts),
    dueMeasurementsPerSecond: round(duePerSecond),
    workerCpuSecondsPerMinute: round((cpuAfter[0] - cpuBefore[0]) / minutes),
    temporalCpuSecondsPerMinute: round((cpuAfter[1] - cpuBefore[1]) / minutes),
    workerResidentMiB: Math.round(resident[0]),
    temporalResidentMiB: Math.round(resident[1]),
  };
}

interface Seen {
  readonly atMs: number;
  readonly measurements: number;
}

/** From the heartbeat that the server holds: looking takes nothing from the worker. */
async function pictureOf({ client, settings }: BenchWorld, service: string): Promise<Seen> {
  const endsAtMs = performance.now() + 5 * settings.monitoringIntervalMs + 10_000;
  for (;;) {
    const { raw } = await client.workflow.getHandle(workflowIdOf(service)).describe();
    const watch = raw.pendingActivities?.find(({ activityId }) => activityId?.startsWith('watch-') === true);
    const data = watch?.heartbeatDetails?.payloads?.[0]?.data;
    const { picture } = data == null ? { picture: null } : (JSON.parse(String(Buffer.from(data))) as Memory);
    const measurements = picture?.checks[0]?.recent.length ?? 0;
    if (picture !== null && measurements > 0) return { atMs: Date.parse(picture.at), measurements };
    if (performance.now() > endsAtMs) throw new Error(`waited in vain for a first measurement of ${service}`);
    await sleep(100);
  }
}

interface Memory {
  readonly picture: WatchPicture;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
