import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';

const HISTORIES = new URL('../histories/', import.meta.url);

const recorded = readdirSync(HISTORIES).filter((file) => file.endsWith('.json'));

test('there are recorded rollouts of every kind to replay', () => {
  expect(recorded.length).toBeGreaterThanOrEqual(8);
});

test.each(recorded)("today's workflow replays %s without a difference [C-12]", async (file) => {
  const history = historyFromJSON(JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')));
  await Worker.runReplayHistory(
    { workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)) },
    history,
  );
});
