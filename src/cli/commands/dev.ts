import type { Context } from '../context.js';
import type { Result } from '../result.js';

export interface DevWords {
  readonly directory?: string;
  readonly ephemeral?: boolean;
}

/** Runs Temporal, the gateway and a worker on this machine until it is interrupted. */
export async function dev(context: Context, words: DevWords): Promise<Result> {
  const { runDev } = await import('../../dev/dev.js');
  const { config, output } = context.options;
  await runDev({
    ...words,
    ...(config === undefined ? {} : { configFile: config }),
    env: { ...context.env },
    cwd: context.cwd,
    signal: context.interrupted,
    screen: output === 'text' ? context.stdout : context.stderr,
  });
  return { document: null, text: () => [] };
}
