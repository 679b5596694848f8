import type { Problem } from '../../domain/errors.js';
import { withoutSecrets } from '../secret.js';
import { formatPath, type Path } from './path.js';

/** One thing wrong with what a person wrote, before its place in the file is looked up. */
export interface Flaw {
  readonly rule: string;
  readonly path: Path;
  readonly message: string;
  readonly expected?: string | undefined;
  readonly got?: string | undefined;
  readonly remedy?: string | undefined;
  /** The key is wrong, not its value. */
  readonly onKey?: boolean;
}

export function problemOf(flaw: Flaw, at?: Problem['at']): Problem {
  const { rule, path, message, expected, got, remedy } = flaw;
  return {
    rule,
    path: formatPath(path),
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(at === undefined ? {} : { at }),
  };
}

/** Cut off there: a message is not the place for a whole document. */
const MAX_QUOTE = 60;

/** What was given, for a message; what looks like a secret is left out. */
export function quote(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = (JSON.stringify(value, withoutSecrets) as string | undefined) ?? typeof value;
  return text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text;
}
