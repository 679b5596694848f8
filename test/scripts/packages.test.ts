import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { arePackagesInstalled } from '../../scripts/steps/packages.mjs';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-packages-'));
  await mkdir(join(folder, 'node_modules'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Packages = Record<string, { version: string; optional?: boolean }>;

async function given(wanted: Packages, installed: Packages): Promise<boolean> {
  const write = (name: string, packages: Packages) => writeFile(join(folder, name), JSON.stringify({ packages }));
  await write('package-lock.json', { '': { version: '0.1.0' }, ...wanted });
  await write('node_modules/.package-lock.json', installed);
  return arePackagesInstalled(folder);
}

const A = { 'node_modules/a': { version: '1.0.0' } };

describe('packages are stale', () => {
  test('when nothing was ever installed', async () => {
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages: A }));
    expect(arePackagesInstalled(folder)).toBe(false);
  });

  test('when one is missing, has another version, or is no longer wanted', async () => {
    expect(await given(A, {})).toBe(false);
    expect(await given(A, { 'node_modules/a': { version: '1.0.1' } })).toBe(false);
    expect(await given(A, { ...A, 'node_modules/b': { version: '1.0.0' } })).toBe(false);
  });
});

test('packages that fit are not installed again, even without one that is optional and for another machine', async () => {
  expect(await given(A, A)).toBe(true);
  expect(await given({ ...A, 'node_modules/mac': { version: '1.0.0', optional: true } }, A)).toBe(true);
});

test('the lock file has every optional package, so that npm ci accepts it on every platform', async () => {
  const text = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8');
  const { packages } = JSON.parse(text) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages))
      .map((name) => `${name}, wanted by ${path}`),
  );
  expect(missing).toEqual([]);
});
