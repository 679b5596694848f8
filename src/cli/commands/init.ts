import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.js';
import { documentOf } from '../output/documents.js';
import type { Result } from '../result.js';

/** Writes files to begin with. One that is there already is kept as it is. */
export async function init(context: Context, service: string | undefined): Promise<Result> {
  const [spec, config, specSchema, configSchema] = await Promise.all([
    import('../../spec/starter.js'),
    import('../../config/starter.js'),
    import('../../spec/json-schema.js'),
    import('../../config/json-schema.js'),
  ]);
  const files = [
    ['headgate.yaml', config.starterConfig(service)],
    ['canary.yaml', spec.starterSpec(service)],
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
      '    headgate validate canary.yaml',
      '    headgate doctor',
    ],
  };
}

async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
