import type { Payload, PayloadCodec } from '@temporalio/common';
import { afterEach, expect, test } from 'vitest';
import { until } from '../contract/support/eventually.js';
import { longPlan, startWorld, type World } from '../e2e/support/world.js';

let world: World;

afterEach(() => world.stop());

const CROWD = 60;

/** What a slow machine needs for one task; for all of them it needs longer than Temporal waits for one. */
const SLOW_MS = 200;

const ABORT = { reason: 'all of them' };

/** Keeps the whole worker busy for a while with every abort, as too many for a slow machine do. */
function slowWithAborts(): PayloadCodec {
  const isAbort = ({ data }: Payload): boolean =>
    data != null && Buffer.from(data).toString() === JSON.stringify(ABORT);
  return {
    encode: (payloads) => Promise.resolve(payloads),
    decode: (payloads) => {
      if (payloads.some(isAbort)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SLOW_MS);
      return Promise.resolve(payloads);
    },
  };
}

test('a crowd of aborts on a slow machine is served in proportion: what waited is not done twice [W8] [C-08]', async () => {
  const services = Array.from({ length: CROWD }, (_, index) => `service-${String(index)}`);
  world = await startWorld({
    services,
    dataConverter: { payloadCodecs: [slowWithAborts()] },
  });
  const planOf = (service: string) => longPlan({ service, name: service, analysis: { checks: [] } });
  await Promise.all(services.map((service) => world.deployment.start(planOf(service))));
  const hasShare = async (service: string): Promise<boolean> => (await world.candidateShare(service)) > 0;
  for (const service of services) await until(`${service} to have its share`, () => hasShare(service), 60_000);
  const handles = services.map((service) => world.client.workflow.getHandle(`${world.taskQueue}/rollout/${service}`));
  await Promise.all(handles.map((handle) => handle.signal('abort', ABORT)));
  await Promise.all(handles.map((handle) => handle.result()));

  const histories = await Promise.all(handles.map((handle) => handle.fetchHistory()));
  const timedOut = histories.flatMap(({ events }) =>
    (events ?? []).filter(({ workflowTaskTimedOutEventAttributes }) => workflowTaskTimedOutEventAttributes != null),
  );
  // Each of them would, some more than once; a busy machine may still be late with a few.
  expect(timedOut.length).toBeLessThan(CROWD / 2);
});
