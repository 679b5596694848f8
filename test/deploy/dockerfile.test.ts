import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../docs/support/documents.js';

interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** The instructions of a Dockerfile, with continued lines joined and comments left out. */
function instructionsIn(text: string): Instruction[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', value = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { name, value };
    });
}

const instructions = instructionsIn(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
const all = (name: string): string[] => instructions.filter((one) => one.name === name).map(({ value }) => value);
const last = (name: string): string => all(name).at(-1) ?? '';

const settings = Object.fromEntries(
  all('ENV').flatMap((value) =>
    value.split(/\s+/).map((setting) => setting.split('=') as [name: string, value: string]),
  ),
);

const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: Record<string, string> };

describe('the image', () => {
  test('is built on a Debian of a named version: the native core of the SDK does not run on Alpine', () => {
    expect(all('FROM')).toHaveLength(2);
    for (const from of all('FROM')) expect(from).toMatch(/^node:2\d-bookworm-slim(?: AS \w+)?$/);
  });

  test('runs as a user who is not root', () => {
    expect(last('USER')).toBe('node');
    const after = instructions.slice(instructions.findLastIndex(({ name }) => name === 'USER'));
    expect(after.map(({ name }) => name)).not.toContain('RUN');
  });

  test('installs what the lock file says, and keeps nothing that only the build needs', () => {
    const commands = all('RUN').join('\n');
    expect(commands).toMatch(/npm ci/);
    expect(commands).toMatch(/npm prune --omit=dev/);
    expect(last('ENV')).toMatch(/NODE_ENV=production/);
  });

  test('has the workflows bundled: a worker that bundles at start takes seconds longer', () => {
    expect(all('RUN').join('\n')).toContain('scripts/setup.mjs --build');
    expect(readFileSync(join(ROOT, 'scripts/steps/build.mjs'), 'utf8')).toContain('scripts/bundle-workflows.mjs');
  });

  test('copies only files that are there and not ignored', () => {
    const copied = all('COPY')
      .filter((value) => !value.startsWith('--from'))
      .flatMap((value) => value.split(/\s+/).slice(0, -1));
    expect(copied.length).toBeGreaterThan(8);
    const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    // Everything is ignored but what is named, so that no secret and no node_modules gets in.
    expect(ignored).toContain('*');
    for (const path of copied) {
      expect(existsSync(join(ROOT, path)), path).toBe(true);
      expect(ignored, path).toContain(`!${path.replace(/^\.\//, '')}`);
    }
  });

  test('starts the command line itself, so that SIGTERM reaches it', () => {
    const [program, entry] = JSON.parse(last('ENTRYPOINT')) as string[];
    expect([program, entry]).toEqual(['node', join('/opt/headgate', bin['headgate'] ?? '')]);
    expect(JSON.parse(last('CMD'))).toEqual(['worker']);
    expect(all('RUN').join('\n')).toContain(`ln -s ${entry ?? ''} /usr/local/bin/headgate`);
  });

  test('can be scraped and probed from outside, at the ports that it says', () => {
    expect(settings).toMatchObject({ HEADGATE_WORKER_HOST: '0.0.0.0' });
    expect(last('EXPOSE').split(' ')).toEqual([settings['HEADGATE_HEALTH_PORT'], settings['HEADGATE_METRICS_PORT']]);
  });

  test('is healthy when the worker is ready, and not before', () => {
    expect(last('HEALTHCHECK')).toMatch(/HEADGATE_HEALTH_PORT}\/readyz/);
    const [, command = '[]'] = /CMD (\[.*\])$/.exec(last('HEALTHCHECK')) ?? [];
    const [, ...args] = JSON.parse(command) as string[];
    const probe = (): unknown =>
      execFileSync(process.execPath, args, { env: { HEADGATE_HEALTH_PORT: '1' }, stdio: 'ignore' });
    expect(probe).toThrow(/Command failed/);
  });

  test('has the authorities that TLS to Temporal needs, and no list of packages', () => {
    expect(all('RUN').join('\n')).toMatch(/--no-install-recommends ca-certificates.*rm -rf \/var\/lib\/apt\/lists/);
  });
});
