import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { obtainProgram } from '../../src/dev/binaries/obtain.js';
import { TEMPORAL_CLI } from '../../src/dev/binaries/programs.js';
import { SEARCH_ATTRIBUTES } from '../../src/domain/search-attributes.js';

const run = promisify(execFile);

const SCRIPT = fileURLToPath(new URL('../../deploy/temporal/namespace.sh', import.meta.url));

const TYPES = { KEYWORD: 'Keyword', INT: 'Int', DOUBLE: 'Double', BOOL: 'Bool' } as const;

test('the namespace job of the compose file makes a namespace that rollouts can be started in, also when it runs again', async () => {
  const { path } = await obtainProgram(TEMPORAL_CLI, { env: process.env });
  const namespace = `shop-${randomUUID()}`;
  const env = {
    PATH: `${dirname(path)}:${process.env['PATH'] ?? ''}`,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: namespace,
  };
  await run('/bin/sh', [SCRIPT], { env });
  await run('/bin/sh', [SCRIPT], { env });
  const listed = await run(path, ['operator', 'search-attribute', 'list', '--namespace', namespace], { env });
  const found = Object.fromEntries(
    [...listed.stdout.matchAll(/^\s*(Headgate\w+)\s+(\w+)\s*$/gm)].map(([, name = '', type]) => [name, type]),
  );
  expect(found).toEqual(
    Object.fromEntries(Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, TYPES[type]])),
  );
});
