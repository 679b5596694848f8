import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterEach, describe, expect, test } from 'vitest';
import { RELEASE_IN_WORK, folderOf } from '../../scripts/steps/histories.mjs';
import { ROOT } from '../../scripts/steps/root.mjs';
import { COMMANDS } from './stories/commands.js';
import { HOOKS } from './stories/hooks.js';
import { LINE } from './stories/line.js';
import { STARTS } from './stories/starts.js';
import { workflowIdIn, type RecordedRun, type Stories } from './stories/story.js';
import { SURROUNDINGS } from './stories/surroundings.js';
import { SWITCHES, yesTo } from './stories/switches.js';
import { VERDICTS } from './stories/verdicts.js';
import { startWorld, type World } from './support/world.js';

const STORIES: Stories = { ...VERDICTS, ...COMMANDS, ...SURROUNDINGS, ...STARTS, ...LINE, ...HOOKS, ...SWITCHES };

const FOLDER = process.env['HISTORIES_FOLDER'] ?? folderOf(ROOT, RELEASE_IN_WORK);

let world: World;

afterEach(() => world.stop());

async function record(name: string, { workflowId, runId }: RecordedRun): Promise<void> {
  await world.client.workflow.getHandle(workflowId).result();
  const history = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
  // What ends at once has five: that it began, its task in three parts, and its end.
  expect(history.events?.length, name).toBeGreaterThanOrEqual(5);
  // Stack traces are kept as the project's own paths: where it lay is nobody's business.
  writeFileSync(join(FOLDER, `${name}.json`), historyToJSON(history).replaceAll(`${process.cwd()}/`, ''));
}

/** `npm run histories -- record`, once for every release: what it writes is replayed for ever. */
describe.runIf(process.env['RECORD_HISTORIES'] === '1')('recording', () => {
  test.each(Object.entries(STORIES))(
    '%s',
    { timeout: 240_000 },
    async (name, { plan, act, also, hooked = [], kind = 'canary', ...story }) => {
      mkdirSync(FOLDER, { recursive: true });
      const answering = hooked.length === 0 ? null : await yesTo(hooked);
      world = await startWorld({ ...story.world, ...(answering === null ? {} : { hooks: answering.hooks }) });
      world.startLoad();
      const { id } = await (story.begin?.(world) ?? world.deployment.start(plan));
      await act?.(world, id);
      await record(`${kind}-${name}`, { workflowId: workflowIdIn(world, plan.service) });
      for (const [other, run] of Object.entries((await also?.(world, id)) ?? {})) await record(other, run);
      await answering?.stop();
    },
  );
});
