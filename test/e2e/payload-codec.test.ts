import type { Payload, PayloadCodec } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterEach, expect, test } from 'vitest';
import { longPlan, startWorld, type World } from './support/world.js';

let world: World;

afterEach(() => world.stop());

/** Not encryption: enough to show that nothing is sent as it is. */
const flip = (data: Uint8Array | null | undefined): Uint8Array => (data ?? new Uint8Array()).map((byte) => byte ^ 0xff);

const flipping: PayloadCodec = {
  encode: (payloads) =>
    Promise.resolve(
      payloads.map((payload): Payload => ({
        metadata: { encoding: Buffer.from('binary/flipped'), inner: payload.metadata?.encoding ?? new Uint8Array() },
        data: flip(payload.data),
      })),
    ),
  decode: (payloads) =>
    Promise.resolve(
      payloads.map((payload): Payload =>
        Buffer.from(payload.metadata?.encoding ?? []).toString() === 'binary/flipped'
          ? { metadata: { encoding: payload.metadata?.inner ?? new Uint8Array() }, data: flip(payload.data) }
          : payload,
      ),
    ),
};

test('with a payload codec nothing of the plan stands readable in the history, and the status is live all the same [S-01]', async () => {
  world = await startWorld({ dataConverter: { payloadCodecs: [flipping] } });
  world.startLoad();
  const { id } = await world.deployment.start(longPlan({ runbook: 'https://wiki.example/checkout-runbook' }));
  const status = await world.status(
    id,
    'the watch to have a picture',
    ({ observed, checks }) => observed !== null && (checks[0]?.candidateRequests ?? 0) > 0,
  );
  expect(status.observed).toContainEqual({ backend: 'green', percent: 25 });
  const history = await world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`).fetchHistory();
  const inputs = (history.events ?? []).flatMap(
    (event) => event.workflowExecutionStartedEventAttributes?.input?.payloads ?? [],
  );
  expect(inputs.length).toBeGreaterThan(0);
  for (const { data } of inputs) expect(Buffer.from(data ?? []).toString()).not.toContain('monitoringIntervalMs');
  expect(historyToJSON(history)).not.toContain(Buffer.from('"monitoringIntervalMs"').toString('base64').slice(4, 20));
});
