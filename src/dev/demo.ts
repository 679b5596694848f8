import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { paintWith, type Paint } from '../presentation/paint.js';
import type { ChapterResult } from './demo/chapter.js';
import { createPlayground } from './demo/playground.js';
import { startStage, type DemoRouter } from './demo/stage.js';
import { PACES, STORIES, type Story, type StoryName } from './demo/story.js';
import { closingWords } from './demo/summary.js';
import { tellStory } from './demo/tell.js';
import { DEMO_VERSIONS } from './demo/versions.js';
import { DrawnView, PlainView, type View } from './demo/view.js';
import { watchForInterruption } from './interruption.js';
import { releasing } from './releasers.js';
import type { Screen } from '../presentation/screen.js';
import { placesToLook, thingsToTry } from './what-to-try.js';

export interface DemoOptions {
  /** Everything stays up to play with until Ctrl-C. Default false. */
  readonly keep?: boolean;
  /** The shortest form, for CI. Default false. */
  readonly fast?: boolean;
  /** What is shown. Default `canary`. */
  readonly story?: StoryName;
  /** On which data plane. Default `gateway`, the embedded one. */
  readonly router?: DemoRouter;
  /** What the demo is told on: live on a terminal, plain lines elsewhere. Default standard output. */
  readonly screen?: Screen;
  /** Default: as the terminal can. */
  readonly colored?: boolean;
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends it early. Default: Ctrl-C and its like. */
  readonly signal?: AbortSignal;
  /** How a person runs `headgate` here. Default `npx headgate`. */
  readonly command?: string;
}

export interface DemoOutcome {
  readonly results: readonly ChapterResult[];
  /** `asItMust`: every rollout ended as the story wants it. */
  readonly ended: 'asItMust' | 'otherwise' | 'interrupted';
}

/**
 * Shows a good release and two bad ones, on real parts, and leaves nothing running.
 *
 * @throws why a part could not be started, or did not go on.
 */
export async function runDemo(options: DemoOptions = {}): Promise<DemoOutcome> {
  const { screen = process.stdout, signal: outer } = options;
  const isTerminal = screen.isTTY === true;
  const paint = paintWith(pc.createColors(options.colored ?? (isTerminal && pc.isColorSupported)));
  const view = isTerminal ? new DrawnView(screen, paint) : new PlainView((line) => screen.write(`${line}\n`));
  const interruption = watchForInterruption(outer);
  const directory = await mkdtemp(join(tmpdir(), 'headgate-demo-'));
  let outcome: DemoOutcome = { results: [], ended: 'otherwise' };
  try {
    outcome = await play(options, { view, paint, directory, signal: interruption.signal });
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    outcome = { results: [], ended: 'interrupted' };
  } finally {
    view.end();
    interruption.release();
    // The logs of what went wrong are worth keeping.
    if (outcome.ended !== 'otherwise') await rm(directory, { recursive: true, force: true });
  }
  return outcome;
}

interface Playing {
  readonly view: View;
  readonly paint: Paint;
  readonly directory: string;
  readonly signal: AbortSignal;
}

async function play(
  {
    keep = false,
    fast = false,
    router = 'gateway',
    story: name = 'canary',
    env = process.env,
    command = 'npx headgate',
  }: DemoOptions,
  { view, paint, directory, signal }: Playing,
): Promise<DemoOutcome> {
  return releasing(async (releasers) => {
    const startedAtMs = performance.now();
    const say = (line: string): void => view.say(`… ${line}`);
    const pace = fast ? PACES.fast : PACES.normal;
    const story: Story = STORIES[name];
    const stage = await startStage({ directory, story, pace, router, env, signal, say }, releasers);
    const results = await tellStory(stage, story.chapters, { view, paint });
    const asItMust = results.every((result) => result.asItMust);
    const tookMs = performance.now() - startedAtMs;
    view.say(
      ...closingWords(
        { moral: story.moral, results, tookMs, requests: stage.tally.requests, keep, directory, asItMust },
        paint,
      ),
    );
    if (keep) {
      await stage.load.stop();
      const playground = createPlayground(stage.slots, DEMO_VERSIONS.next, releasers);
      await playground.open(stage.environment, directory);
      view.say('', 'Everything stays up until Ctrl-C.', ...placesToLook(stage.environment));
      view.say(...thingsToTry({ environment: stage.environment, playground, command }));
      if (!signal.aborted) await once(signal, 'abort');
    }
    return { results, ended: asItMust ? 'asItMust' : 'otherwise' };
  });
}
