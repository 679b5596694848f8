import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { RouteFile } from '../../src/adapters/routers/envoy/route-file.js';
import { STARTERS } from '../../src/config/starters/starters.js';
import { describeOnEnvoy } from '../helpers/envoy-server.js';
import { folderWith } from './support.js';

function written(service: string): string {
  const folder = folderWith({});
  for (const [name, text] of Object.entries(STARTERS.envoy.files(service))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

await describeOnEnvoy('what init writes for an Envoy', (executable) => {
  test.each(['checkout', 'on', '7.1'])('is taken by Envoy, for a service named %s', (service) => {
    const { status, stderr } = spawnSync(executable, ['--mode', 'validate', '-c', 'envoy/envoy.yaml'], {
      cwd: written(service),
      encoding: 'utf8',
    });
    expect(stderr).not.toMatch(/\[(error|critical)\]/);
    expect(status).toBe(0);
  });
});

test('the routes that init writes can be split as they are', () => {
  const text = STARTERS.envoy.files('shop')['envoy/routes/routes.yaml'] ?? '';
  const weights = [
    { cluster: 'shop-green', weight: 5000 },
    { cluster: 'shop-blue', weight: 95_000 },
  ];
  expect(RouteFile.parse('routes.yaml', text).with('shop', weights).weightsOf('shop')).toEqual(weights);
});
