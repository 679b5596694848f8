import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HAPROXY } from '../../adapters/haproxy/haproxy-server.js';
import { describeOn } from '../../helpers/real-servers.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { STARTERS } from '../../../src/config/starters/starters.js';

function writtenFor(service: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-starter-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(STARTERS.haproxy.files(service))) writeFileSync(join(folder, name), text);
  return folder;
}

test('the configuration to begin with is one, without a warning, and knows the socket and the map beside it', () => {
  const folder = writtenFor('shop');
  const config = loadConfig({ env: {}, cwd: folder });
  expect(config.warnings).toEqual([]);
  expect(config.routers['edge']).toMatchObject({
    map: 'share.map',
    instances: [{ socket: join(folder, 'haproxy.sock'), mapFile: join(folder, 'share.map') }],
  });
  expect(config.services['shop']).toMatchObject({ router: 'edge', route: 'shop' });
});

test('what the documentation shows of haproxy.cfg is what is written', () => {
  const page = readFileSync(new URL('../../../docs/haproxy.md', import.meta.url), 'utf8');
  const [, shown = ''] = /```text\n(http-request.*?)```/s.exec(page) ?? [];
  const written = (STARTERS.haproxy.files('checkout')['haproxy.cfg'] ?? '').split('\n').map((line) => line.trim());
  expect(shown.trim().split('\n').length).toBeGreaterThan(5);
  expect(
    shown
      .trim()
      .split('\n')
      .filter((line) => !written.includes(line)),
  ).toEqual([]);
});

describeOn(HAPROXY, 'haproxy.cfg to begin with', (executable) => {
  test.each(['checkout', 'my.shop_2'])('is accepted by HAProxy, without a warning: %s', (service) => {
    const folder = writtenFor(service);
    const { status, stdout, stderr } = spawnSync(executable, ['-c', '-f', 'haproxy.cfg'], { cwd: folder });
    expect([status, `${stdout.toString()}${stderr.toString()}`.trim()]).toEqual([0, 'Configuration file is valid']);
  });
});
