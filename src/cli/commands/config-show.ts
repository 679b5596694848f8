import type { Context } from '../context.js';
import { documentOf } from '../output/documents.js';
import type { Result } from '../result.js';

/** What is configured, with defaults applied: the file and the environment as one. */
export async function configShow(context: Context): Promise<Result> {
  const configuration = await context.session.config();
  return { document: documentOf('Configuration', { configuration }), text: () => flatLines('', configuration) };
}

/** `services.checkout.router: gateway`: a line per value, easy to search. */
function flatLines(path: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${String(value)}`];
  const entries = Object.entries(value);
  if (entries.length === 0) return [`${path}: ${Array.isArray(value) ? '[]' : '{}'}`];
  return entries.flatMap(([key, inner]) => flatLines(path === '' ? key : `${path}.${key}`, inner));
}
