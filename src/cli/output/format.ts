import { HeadgateError } from '../../domain/errors.js';

/** Text for people, one JSON document, or a JSON document a line. */
export const OUTPUT_FORMATS = ['text', 'json', 'jsonl'] as const;

export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

type Env = Readonly<Record<string, string | undefined>>;

/** What HEADGATE_OUTPUT asks for; `undefined` when it does not. */
export function formatOfEnvironment({ HEADGATE_OUTPUT: wanted = '' }: Env): OutputFormat | undefined {
  if (wanted === '') return undefined;
  const format = OUTPUT_FORMATS.find((known) => known === wanted);
  if (format !== undefined) return format;
  throw new HeadgateError('INVALID_USAGE', `There is no output format "${wanted}"`, {
    expected: `one of ${OUTPUT_FORMATS.join(', ')}`,
    got: wanted,
    remedy: 'Correct HEADGATE_OUTPUT',
  });
}
