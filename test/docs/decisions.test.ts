import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './support/documents.js';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Packages of one name that are decided on together: `@temporalio/worker` is also `worker` in the line of the SDK. */
function isNamed(name: string, line: string): boolean {
  const ofSdk = line.includes('`@temporalio/') && name.startsWith('@temporalio/');
  return line.includes(`\`${name}\``) || (ofSdk && line.includes(`\`${name.slice('@temporalio/'.length)}\``));
}

test('every package that Headgate depends on has a line that says why', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const lines = readFileSync(join(ROOT, 'docs/decisions.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('- **'));
  const unexplained = Object.keys({ ...dependencies, ...devDependencies }).filter(
    (name) => !lines.some((line) => isNamed(name, line)),
  );
  expect(unexplained).toEqual([]);
});
