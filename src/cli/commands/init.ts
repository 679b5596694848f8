import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Starter } from '../../config/starters/starter.js';
import { choice } from '../arguments.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { documentOf } from '../output/documents.js';
import type { Result } from '../result.js';

export interface InitWords {
  /** The kind of data plane. */
  readonly router?: string;
}

/** Writes files to begin with. One that is there already is kept as it is. */
export async function init(context: Context, service = 'checkout', { router }: InitWords = {}): Promise<Result> {
  const [rules, spec, starters, specSchema, configSchema] = await Promise.all([
    import('../../domain/rollout/service-name.js'),
    import('../../spec/starter.js'),
    import('../../config/starters/starters.js'),
    import('../../spec/json-schema.js'),
    import('../../config/json-schema.js'),
  ]);
  const [bad] = rules.problemsOfService(service);
  if (bad !== undefined) throw new UsageError(bad.message, { expected: bad.expected, got: bad.got });
  const starter: Starter = starters.STARTERS[choice('--router', starters.STARTER_KINDS)(router ?? 'gateway')];
  const files = [
    ...Object.entries(starter.files(service)),
    ['canary.yaml', spec.starterSpec(service, starter)],
    ['headgate.schema.json', `${JSON.stringify(specSchema.canaryJsonSchema(), null, 2)}\n`],
    ['headgate.config.schema.json', `${JSON.stringify(configSchema.configJsonSchema(), null, 2)}\n`],
  ] as const;
  const written: string[] = [];
  const kept: string[] = [];
  for (const [name, text] of files) ((await writeNew(join(context.cwd, name), text)) ? written : kept).push(name);
  return {
    document: documentOf('Files', { written, kept }),
    text: ({ paint }) => [
      ...written.map((name) => `${paint.good('✔')} wrote ${name}`),
      ...kept.map((name) => `${paint.attention('·')} kept ${name}, which was there`),
      ...starter.next.map((command) => `    ${command}`),
      '    headgate validate canary.yaml',
      '    headgate doctor',
    ],
  };
}

async function writeNew(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
