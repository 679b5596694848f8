import { parseRolloutId, workflowIdOf } from '../../domain/rollout/rollout-id.js';
import type { Paint } from '../../presentation/paint.js';
import { playChapter, type ChapterResult } from './chapter.js';
import type { Stage } from './stage.js';
import type { Chapter } from './story.js';
import { summaryOf } from './summary.js';
import type { View } from './view.js';

/** Plays one chapter after the other, shows each while it goes on, and says what it came to. */
export async function tellStory(
  stage: Stage,
  story: readonly Chapter[],
  { view, paint }: { readonly view: View; readonly paint: Paint },
): Promise<ChapterResult[]> {
  const results: ChapterResult[] = [];
  for (const [index, chapter] of story.entries()) {
    const position = `${String(index + 1)}/${String(story.length)}`;
    const { version, nature } = chapter.release;
    view.say('', paint.strong(`${position} ${chapter.title}: ${version} ${nature}`));
    const result = await playChapter(stage, chapter, {
      started: (id) => view.say(paint.faint(`workflow: ${workflowUrl(stage.environment.temporal, id)}`)),
      show(scene) {
        const nowMs = Date.now();
        view.show({ nowMs, scene, lately: stage.tally.lately(nowMs) });
      },
    });
    view.say(...summaryOf(result, paint));
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
