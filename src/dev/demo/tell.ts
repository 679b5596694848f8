import { parseRolloutId, workflowIdOf } from '../../domain/rollout/rollout-id.js';
import { playChapter, type ChapterResult } from './chapter.js';
import type { Colors } from './frame.js';
import type { Stage } from './stage.js';
import type { Chapter } from './story.js';
import { summaryOf } from './summary.js';
import type { View } from './view.js';

/** Plays one chapter after the other, shows each while it goes on, and says what it came to. */
export async function tellStory(
  stage: Stage,
  story: readonly Chapter[],
  { view, colors }: { readonly view: View; readonly colors: Colors },
): Promise<ChapterResult[]> {
  const results: ChapterResult[] = [];
  for (const [index, chapter] of story.entries()) {
    const position = `${String(index + 1)}/${String(story.length)}`;
    const { version, nature } = chapter.release;
    view.say('', colors.bold(`${position} ${chapter.title}: ${version} ${nature}`));
    const result = await playChapter(stage, chapter, {
      started: (id) => view.say(colors.dim(`workflow: ${workflowUrl(stage.environment.temporal, id)}`)),
      show(scene) {
        const nowMs = Date.now();
        view.show({ nowMs, scene, lately: stage.tally.lately(nowMs) });
      },
    });
    view.say(...summaryOf(result, colors));
    results.push(result);
  }
  return results;
}

/** Where a rollout's workflow can be looked at in the Temporal UI. */
function workflowUrl(
  { uiUrl, namespace }: { readonly uiUrl: string; readonly namespace: string },
  rolloutId: string,
): string {
  const { service, runId } = parseRolloutId(rolloutId);
  const workflow = `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowIdOf(service))}`;
  return runId === undefined ? workflow : `${workflow}/${runId}/history`;
}
