import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WriteStream } from 'node:tty';
import pc from 'picocolors';
import type { ChapterResult } from './demo/chapter.js';
import { LiveView } from './demo/live-view.js';
import { keepUp } from './demo/playground.js';
import { startStage } from './demo/stage.js';
import { PACES, STORY } from './demo/story.js';
import { tellStory } from './demo/tell.js';
import { closingWords } from './demo/summary.js';
import { PlainView, type View } from './demo/view.js';
import { watchForInterruption } from './interruption.js';
import { releasing } from './releasers.js';

export interface DemoOptions {
  /** Everything stays up to play with until Ctrl-C. Default false. */
  readonly keep?: boolean;
  /** The shortest form, for CI. Default false. */
  readonly fast?: boolean;
  /** What the demo is told on: live on a terminal, plain lines elsewhere. Default standard output. */
  readonly out?: NodeJS.WritableStream;
  /** Default: as the terminal can. */
  readonly colored?: boolean;
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends it early; everything is let go of. */
  readonly signal?: AbortSignal;
  /** How a person runs `headgate` here. Default `npx headgate`. */
  readonly command?: string;
}

export interface DemoOutcome {
  readonly results: readonly ChapterResult[];
  /** Every rollout ended as the story wants it. */
  readonly asItMust: boolean;
}

/**
 * Shows a healthy canary, one with errors and one that is slow, on real parts, and leaves nothing running.
 *
 * @throws the reason of an interruption, or why a part could not be started.
 */
export async function runDemo(options: DemoOptions = {}): Promise<DemoOutcome> {
  const { keep = false, fast = false, env = process.env, command = 'npx headgate' } = options;
  const out = options.out ?? process.stdout;
  const colors = pc.createColors(options.colored ?? (isTerminal(out) && pc.isColorSupported));
  const interruption = watchForInterruption(options.signal);
  const { signal } = interruption;
  const directory = await mkdtemp(join(tmpdir(), 'headgate-demo-'));
  const view: View = isTerminal(out) ? new LiveView(out, colors) : new PlainView((line) => void out.write(`${line}\n`));
  const isOver = { well: false };
  try {
    return await releasing(async (releasers) => {
      const startedAtMs = performance.now();
      const stage = await startStage(
        { directory, pace: fast ? PACES.fast : PACES.normal, env, signal, view },
        releasers,
      );
      const results = await tellStory(stage, STORY, { view, colors });
      const asItMust = results.every((result) => result.asItMust);
      const tookMs = performance.now() - startedAtMs;
      view.say(...closingWords({ results, tookMs, requests: stage.tally.requests, keep, directory, asItMust }, colors));
      isOver.well = asItMust;
      if (keep) await keepUp(stage, { view, command, releasers });
      return { results, asItMust };
    });
  } finally {
    view.end();
    interruption.release();
    // The logs of what went wrong are worth keeping.
    if (isOver.well || signal.aborted) await rm(directory, { recursive: true, force: true });
  }
}

function isTerminal(out: NodeJS.WritableStream): out is WriteStream {
  return out instanceof WriteStream && out.isTTY;
}
