import type { Flaw } from '../reading/flaw.js';
import type { Path } from '../reading/path.js';
import { suggestion } from '../reading/similar.js';

/** What the worker fills into a query for the backend that it asks about. */
const TEMPLATE_VARIABLES = ['service', 'backend', 'version'] as const;

const VARIABLE = /\{\{(.*?)\}\}/gs;

/** `query` with its variables as the worker expects them: `{{ version }}` is `{{version}}`. */
export function normalizeTemplate(query: string): string {
  return query.replace(VARIABLE, (_, inside: string) => `{{${inside.trim()}}}`);
}

/** Variables that nothing will fill in: such a query would be sent as it stands, and match nothing. */
export function flawsOfTemplate(query: string, path: Path, hasVersion: boolean): Flaw[] {
  const flaws: Flaw[] = [...query.matchAll(VARIABLE)].flatMap(([written, inside = '']) => {
    const name = inside.trim();
    if (name === 'version' && !hasVersion)
      return [
        unresolved(
          path,
          written,
          'The query asks for the version, which nobody names',
          'Add version:, or say --version',
        ),
      ];
    if ((TEMPLATE_VARIABLES as readonly string[]).includes(name)) return [];
    return [unresolved(path, written, `Nothing fills in ${written}`, suggestion(name, TEMPLATE_VARIABLES))];
  });
  const open = query.replace(VARIABLE, '').includes('{{');
  return open ? [...flaws, unresolved(path, '{{', 'A template variable has no end', 'Close it: {{version}}')] : flaws;
}

function unresolved(path: Path, got: string, message: string, remedy: string): Flaw {
  const expected = TEMPLATE_VARIABLES.map((name) => `{{${name}}}`).join(', ');
  return { rule: 'query.template', path, message, expected, got, remedy };
}
