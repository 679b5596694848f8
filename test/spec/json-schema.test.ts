import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { canaryFileSchema } from '../../src/spec/canary/file-schema.js';
import { canaryJsonSchema } from '../../src/spec/json-schema.js';
import { parseSpecs } from '../../src/spec/parse-specs.js';
import { starterSpec } from '../../src/spec/starter.js';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly description?: string;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

function undescribed(schema: Schema, path = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, below]) => {
    const at = `${path}.${key}`;
    const inside = [below, ...(below.items === undefined ? [] : [below.items])];
    return [...(below.description === undefined ? [at] : []), ...inside.flatMap((one) => undescribed(one, at))];
  });
}

test('an editor that knows the JSON Schema completes every key and explains most of them', () => {
  const schema = canaryJsonSchema() as Schema;

  expect(Object.keys(schema.properties ?? {})).toEqual(Object.keys(canaryFileSchema.shape));
  expect(schema.required).toEqual(['apiVersion', 'kind', 'service']);
  expect(schema.additionalProperties).toBe(false);
  expect(undescribed(schema)).toEqual([]);
  expect(() => JSON.stringify(schema)).not.toThrow();
});

test('the specification that init writes is valid, and needs no advice but a runbook', () => {
  const [spec] = parseSpecs(starterSpec('orders'), { file: 'canary.yaml', version: '1.2.3' });

  expect(spec?.plan).toMatchObject({ service: 'orders', version: '1.2.3' });
  expect(spec?.plan.stages).toHaveLength(4);
  expect(spec?.notes).toEqual([]);
  expect(spec?.advice).toEqual([expect.stringContaining('no runbook')]);
});

test('what init leaves as comments is valid without the comment signs', () => {
  const text = starterSpec().replaceAll(/^# (?=(version|health|runbook):)/gm, '');

  expect(() => parseSpecs(text, { file: 'canary.yaml' })).not.toThrow();
  expect(text).toContain('\nhealth:');
});

test('every specification in the documentation is valid', () => {
  const page = readFileSync(new URL('../../docs/spec.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);
  const specs = blocks.filter((block) => block.includes('kind: Canary'));

  expect(specs.length).toBeGreaterThan(0);
  for (const spec of specs) parseSpecs(spec, { file: 'docs/spec.md' });
});
