import { HeadgateError } from '../../domain/errors.js';

/** Text for people, one JSON document, or a JSON document a line. */
export const OUTPUT_FORMATS = ['text', 'json', 'jsonl'] as const;

export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** What was asked for, else HEADGATE_OUTPUT, else text: also in a pipe. */
export function outputFormat(
  asked: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): OutputFormat {
  const wanted = asked ?? (env.HEADGATE_OUTPUT === '' ? undefined : env.HEADGATE_OUTPUT) ?? 'text';
  const format = OUTPUT_FORMATS.find((known) => known === wanted);
  if (format !== undefined) return format;
  throw new HeadgateError('INVALID_USAGE', `There is no output format "${wanted}"`, {
    expected: `one of ${OUTPUT_FORMATS.join(', ')}`,
    got: wanted,
    remedy: asked === undefined ? 'Correct HEADGATE_OUTPUT' : 'Correct -o',
  });
}
