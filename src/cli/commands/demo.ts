import { choice } from '../arguments.js';
import type { Context } from '../context.js';
import { InterruptedError, type Interrupt } from '../errors.js';
import { documentOf } from '../output/documents.js';
import type { Result } from '../result.js';

export interface DemoWords {
  readonly keep?: boolean;
  readonly fast?: boolean;
  /** The kind of data plane. */
  readonly router?: string;
}

/** Shows three canaries on real parts, from the first percent to their ends, and leaves nothing running. */
export async function demo(
  context: Context,
  { keep = false, fast = false, router = 'gateway' }: DemoWords,
): Promise<Result> {
  const [{ runDemo }, { DEMO_ROUTERS }] = await Promise.all([
    import('../../dev/demo.js'),
    import('../../dev/demo/stage.js'),
  ]);
  const { interrupted, options } = context;
  const { ended, results } = await runDemo({
    keep,
    fast,
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
