import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadDataConverter } from '../../src/wiring/data-converter.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-codec-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function moduleSaying(name: string, code: string): Promise<string> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, code);
  return file;
}

test('the codecs of a module encode what Headgate gives to Temporal [S-01]', async () => {
  const file = await moduleSaying(
    'good',
    'export const payloadCodecs = [{ encode: async (p) => p, decode: async (p) => p }];',
  );
  const { payloadCodecs } = await loadDataConverter(file);
  expect(payloadCodecs).toHaveLength(1);
});

test.each([
  ['missing', null, /cannot be used/],
  ['broken', 'export const payloadCodecs = ;', /cannot be used/],
  ['empty', 'export const payloadCodecs = [];', /cannot be used/],
  ['wrong', 'export const payloadCodecs = [{ encode() {} }];', /cannot be used/],
])('a module that is %s is refused before anything is sent in the clear [S-01]', async (name, code, message) => {
  const file = code === null ? join(folder, 'nowhere.mjs') : await moduleSaying(name, code);
  await expect(loadDataConverter(file)).rejects.toThrow(message);
});
