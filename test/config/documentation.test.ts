import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.js';
import { canaryJsonSchema } from '../../src/spec/json-schema.js';
import { load } from './support.js';

function pageOf(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

/** Every key of a JSON Schema, at every depth. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const below = Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties'
      ? [...Object.keys(value as object), ...Object.values(value as object).flatMap(keysOf)]
      : keysOf(value),
  );
  return [...new Set(below)];
}

test.each([
  ['spec.md', canaryJsonSchema()],
  ['configuration.md', configJsonSchema()],
])('%s explains every key', (name, schema) => {
  const page = pageOf(name);

  expect(keysOf(schema).length).toBeGreaterThan(20);
  expect(keysOf(schema).filter((key) => !new RegExp(`\\b${key}\\b`).test(page))).toEqual([]);
});

test('every configuration in the documentation is valid', () => {
  const blocks = [...pageOf('configuration.md').matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);

  expect(blocks.length).toBeGreaterThan(0);
  for (const block of blocks) expect(load(block).warnings).toEqual([]);
});

test('the ten variables and those of Headgate are documented [K-01]', () => {
  const source = readFileSync(new URL('../../src/config/environment.ts', import.meta.url), 'utf8');
  const variables = [...source.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name);

  expect(variables.length).toBeGreaterThan(10);
  expect(variables.filter((name) => !pageOf('configuration.md').includes(`\`${name}\``))).toEqual([]);
});
