import type { Context } from '../context.js';
import { InterruptedError, type Interrupt } from '../errors.js';
import { documentOf } from '../output/documents.js';
import type { Result } from '../result.js';

export interface DemoWords {
  readonly keep?: boolean;
  readonly fast?: boolean;
}

/** Shows three canaries on real parts, from the first percent to their ends, and leaves nothing running. */
export async function demo(context: Context, { keep = false, fast = false }: DemoWords): Promise<Result> {
  const { runDemo } = await import('../../dev/demo.js');
  const { interrupted, options } = context;
  const { ended, results } = await runDemo({
    keep,
    fast,
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
