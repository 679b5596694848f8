/** What stands for a value in a template: `{{service}}`. */
const VARIABLE = /\{\{\s*(\w+)\s*\}\}/y;

/** What may stand in PromQL outside quotes without becoming something else: part of a name. */
const PART_OF_A_NAME = /^[a-zA-Z0-9_:]*$/;

/** Thrown when a value cannot be written where a template wants it. */
export class UnwritableValueError extends Error {
  constructor(
    readonly variable: string,
    readonly value: string,
    reason: string,
  ) {
    super(reason);
    this.name = 'UnwritableValueError';
  }
}

/**
 * A PromQL template with its values in place, each written so that it stays a value: it can end neither the quotes that
 * it stands in nor the selector.
 *
 * @throws UnwritableValueError
 */
export function fillPromql(template: string, values: Readonly<Record<string, string>>): string {
  let filled = '';
  let quote: string | null = null;
  for (let at = 0; at < template.length;) {
    VARIABLE.lastIndex = at;
    const [written, name = ''] = VARIABLE.exec(template) ?? [];
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (written !== undefined && value !== undefined) {
      filled += writtenIn(quote, name, value);
      at += written.length;
      continue;
    }
    const escaped = template.charAt(at) === '\\' && quote !== null && quote !== '`';
    const text = template.slice(at, at + (escaped ? 2 : 1));
    if (!escaped && /["'`]/.test(text)) quote = quote === null ? text : quote === text ? null : quote;
    filled += text;
    at += text.length;
  }
  return filled;
}

function writtenIn(quote: string | null, name: string, value: string): string {
  if (quote === null) {
    if (PART_OF_A_NAME.test(value)) return value;
    throw new UnwritableValueError(name, value, 'outside quotes only letters, digits, "_" and ":" can stand');
  }
  if (quote === '`') {
    if (!value.includes('`')) return value;
    throw new UnwritableValueError(name, value, 'a text between backticks cannot have one in it');
  }
  // JSON escapes what PromQL's quotes need escaped, in a way that PromQL reads.
  return JSON.stringify(value)
    .slice(1, -1)
    .replaceAll("'", String.raw`\x27`);
}
