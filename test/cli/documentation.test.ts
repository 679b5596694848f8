import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { DOCUMENT_SCHEMAS } from './support/document-schemas.js';
import { runCli } from './support/surroundings.js';

const docs = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');

function section(title: string): string {
  const [, rest = ''] = docs.split(`\n### ${title}\n`);
  return rest.split('\n### ')[0] ?? '';
}

describe('docs/cli.md', () => {
  test('has the table of exit codes', () => {
    const rows = [...docs.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, meaning]) => ({
      code: Number(code),
      meaning,
    }));
    expect(rows).toEqual(Object.values(EXIT_CODES));
  });

  test.each(Object.keys(DOCUMENT_SCHEMAS))('names every field of %s', (kind) => {
    const schema = Object.entries(DOCUMENT_SCHEMAS).find(([known]) => known === kind)?.[1];
    const fields = Object.keys(schema?.shape ?? {}).filter((field) => field !== 'schemaVersion' && field !== 'kind');
    expect(fields.length).toBeGreaterThan(0);
    const text = section(kind);
    expect(fields.filter((field) => !text.includes(`\`${field}\``))).toEqual([]);
  });

  test('names every command of the program', async () => {
    const { stdout } = await runCli(['--help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z][a-z-]*)(?: |$)/gm)].map(([, name = '']) => name);
    expect(commands.length).toBeGreaterThan(20);
    expect(commands.filter((name) => name !== 'help' && !docs.includes(`\`${name}`))).toEqual([]);
  });
});
