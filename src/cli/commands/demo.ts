import type { StoryName } from '../../dev/demo/story.js';
import { choice } from '../arguments.js';
import type { Context } from '../context.js';
import { InterruptedError, type Interrupt } from '../errors.js';
import { documentOf } from '../output/documents.js';
import type { Result } from '../result.js';

export interface DemoWords {
  readonly keep?: boolean;
  readonly fast?: boolean;
  /** What is shown. */
  readonly story?: string;
  /** The kind of data plane. */
  readonly router?: string;
}

/** Shows three rollouts on real parts, from their starts to their ends, and leaves nothing running. */
export async function demo(
  context: Context,
  { keep = false, fast = false, router = 'gateway', story = 'canary' }: DemoWords,
): Promise<Result> {
  const [{ runDemo }, { DEMO_ROUTERS }, { STORIES }] = await Promise.all([
    import('../../dev/demo.js'),
    import('../../dev/demo/stage.js'),
    import('../../dev/demo/story.js'),
  ]);
  const { interrupted, options } = context;
  const { ended, results } = await runDemo({
    keep,
    fast,
    story: choice('the story', Object.keys(STORIES) as StoryName[])(story),
    router: choice('--router', DEMO_ROUTERS)(router),
    signal: interrupted,
    env: { ...context.env },
    screen: options.output === 'text' ? context.stdout : context.stderr,
    ...(options.color === undefined ? {} : { colored: options.color }),
  });
  if (ended === 'interrupted')
    throw new InterruptedError(interrupted.reason as Interrupt, 'The demo was ended; nothing is left running', [
      'headgate demo',
    ]);
  const asItMust = ended === 'asItMust';
  const chapters = results.map(({ chapter, status, tookMs }) => ({
    title: chapter.title,
    outcome: status.outcome,
    tookMs,
  }));
  return {
    document: documentOf('Demo', { asItMust, chapters }),
    text: () => [],
    exit: asItMust ? 'reached' : 'unexpected',
  };
}
