import type { Context } from '../context.js';
import type { Document } from './documents.js';
import type { Result } from '../result.js';

/** Data goes to stdout, in the form that was asked for. */
export function writeResult({ document, lines, text }: Result, { options, stdout, view }: Context): void {
  if (options.output === 'text') writeLines(text(view), stdout);
  else if (document !== null)
    writeLines(serialized(options.output, 'raw' in document ? document.raw : document, lines), stdout);
}

function serialized(
  output: 'json' | 'jsonl',
  data: unknown,
  lines: readonly Document[] | undefined,
): readonly string[] {
  if (output === 'json') return [JSON.stringify(data, null, 2)];
  return (lines ?? [data]).map((one) => JSON.stringify(one));
}

function writeLines(lines: readonly string[], stdout: Context['stdout']): void {
  if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
}
