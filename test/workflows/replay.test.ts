import { readdirSync, readFileSync } from 'node:fs';
import { defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { expect, inject, test } from 'vitest';
import '../helpers/quiet-runtime.js';

const HISTORIES = new URL('../histories/', import.meta.url);

const recorded = readdirSync(HISTORIES).filter((file) => file.endsWith('.json'));

test('there are recorded rollouts of every kind to replay', () => {
  expect(recorded.length).toBeGreaterThanOrEqual(10);
});

test('one of them goes on from what it has handed to itself [C-12]', () => {
  const inputs = recorded.flatMap((file) => {
    const history = historyFromJSON(JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')));
    const [payload] = history.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    return payload === undefined ? [] : [defaultPayloadConverter.fromPayload<object>(payload)];
  });
  expect(inputs.filter((input) => 'carried' in input)).not.toEqual([]);
});

test.each(recorded)("today's workflow replays %s without a difference [C-12]", async (file) => {
  const history = historyFromJSON(JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')));
  const workflowBundle = { codePath: inject('workflowBundlePath') };
  await expect(Worker.runReplayHistory({ workflowBundle }, history)).resolves.toBeUndefined();
});
