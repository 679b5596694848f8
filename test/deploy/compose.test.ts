import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load-config.js';
import { parseSpecs } from '../../src/spec/parse-specs.js';
import { ROOT } from '../docs/support/documents.js';

const FOLDER = join(ROOT, 'deploy');
const FILE = join(ROOT, 'docker-compose.yml');
const RULES = join(FOLDER, '.dclintrc.yaml');

const run = promisify(execFile);

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly command?: readonly string[];
  readonly restart: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

const text = readFileSync(FILE, 'utf8');
const { services, volumes } = parse(text, { merge: true }) as Compose;
const entries = Object.entries(services);

/** Ends when its work is done. */
function isJob({ restart }: Service): boolean {
  return restart.startsWith('on-failure');
}

/** How Docker finds out whether it is healthy, as words; the image's own says so where the file does not. */
function healthCheckOf({ build, healthcheck }: Service): string | undefined {
  if (healthcheck?.disable === true) return undefined;
  if (healthcheck?.test !== undefined) return healthcheck.test.join(' ');
  if (build === undefined) return undefined;
  const dockerfile = readFileSync(join(ROOT, build.context, 'Dockerfile'), 'utf8').replaceAll('\\\n', '');
  return /^HEALTHCHECK(?: --\S+)*\s+(CMD .+)$/m.exec(dockerfile)?.[1];
}

function mountsOf({ volumes: mounts = [] }: Service): { source: string; target: string }[] {
  return mounts.map((mount) => {
    const [source = '', target = ''] = mount.split(':');
    return { source, target };
  });
}

describe('the compose file', () => {
  test('is valid by the schema of the Compose specification, and clean', async () => {
    const lint = (file: string): Promise<unknown> =>
      run(process.execPath, [
        join(ROOT, 'node_modules/dclint/bin/dclint.cjs'),
        '-c',
        RULES,
        '--max-warnings',
        '0',
        file,
      ]);
    await lint(FILE);
    const folder = mkdtempSync(join(tmpdir(), 'headgate-compose-'));
    try {
      const broken = join(folder, 'docker-compose.yml');
      writeFileSync(broken, text.replace('interval: 5s', 'intervall: 5s'));
      await expect(lint(broken)).rejects.toMatchObject({ stdout: expect.stringContaining('invalid-schema') as string });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 120_000);

  test('publishes every port to this machine only, and each once', () => {
    const published = entries.flatMap(([, { ports = [] }]) => ports);
    expect(published.length).toBeGreaterThan(3);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    const hosts = published.map((port) => port.split(':')[1]);
    expect(new Set(hosts).size).toBe(hosts.length);
  });

  test('pins every image to a version', () => {
    for (const [name, { image }] of entries) expect(image, name).toMatch(/^[\w./-]+:v?\d+(?:\.\d+|-bookworm-slim)/);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(services['worker']?.image).toBe(`headgate:${version}`);
    expect(services['temporal']?.image.split(':')[1]).toBe(services['temporal-schema']?.image.split(':')[1]);
    expect(services['temporal']?.image.split(':')[1]).toBe(services['temporal-namespace']?.image.split(':')[1]);
  });

  test('mounts only files that are there and volumes that it declares', () => {
    const used = new Set<string>();
    for (const [name, service] of entries) {
      for (const { source } of mountsOf(service)) {
        if (source.startsWith('.')) expect(existsSync(join(ROOT, source)), `${name}: ${source}`).toBe(true);
        else used.add(source);
      }
      const { build } = service;
      if (build !== undefined) expect(existsSync(join(ROOT, build.context, 'Dockerfile'))).toBe(true);
    }
    expect([...used].sort()).toEqual(Object.keys(volumes).sort());
  });

  test('lies at the top of the project, where `docker compose` looks, and mounts only what lies under deploy', () => {
    const mounted = entries.flatMap(([, service]) => mountsOf(service)).filter(({ source }) => source.startsWith('.'));
    expect(mounted.length).toBeGreaterThan(8);
    for (const { source } of mounted) expect(source).toMatch(/^\.\/deploy\//);
    expect(existsSync(join(FOLDER, 'docker-compose.yml')), 'a second compose file').toBe(false);
  });

  test('waits for what can be waited for: jobs until they are done, servers until they are healthy', () => {
    const waits = entries.flatMap(([name, { depends_on: on = {} }]) =>
      Object.entries(on).map(([other, { condition }]) => ({ name, other, condition })),
    );
    expect(waits.length).toBeGreaterThan(8);
    for (const { name, other, condition } of waits) {
      const awaited = services[other];
      if (awaited === undefined) expect.fail(`${name} waits for ${other}, which is not there`);
      const what = `${name} waits for ${other}`;
      if (isJob(awaited)) expect(condition, what).toBe('service_completed_successfully');
      else expect(condition, what).toBe('service_healthy');
    }
  });

  test('says when the worker, and every server that is waited for, is healthy', () => {
    const awaited = new Set(entries.flatMap(([, { depends_on: on = {} }]) => Object.keys(on)));
    const servers = entries.filter(([name, service]) => name === 'worker' || (awaited.has(name) && !isJob(service)));
    expect(servers.map(([name]) => name)).toEqual(
      expect.arrayContaining(['temporal', 'prometheus', 'envoy', 'worker']),
    );
    for (const [name, server] of servers) expect(healthCheckOf(server) ?? '', name).toMatch(/^(?:CMD|CMD-SHELL) \S/);
  });

  test('can be started: nothing waits for itself', () => {
    const visit = (name: string, path: readonly string[]): void => {
      if (path.includes(name)) expect.fail([...path, name].join(' → '));
      for (const other of Object.keys(services[name]?.depends_on ?? {})) visit(other, [...path, name]);
    };
    for (const name of Object.keys(services)) visit(name, []);
  });

  test('holds no secret: the password comes from a file that git does not keep', () => {
    const values = entries.flatMap(([, { environment = {} }]) => Object.entries(environment));
    const secrets = values.filter(([name]) => /PASSWORD|PWD|SECRET|TOKEN|KEY/.test(name));
    expect(secrets).toHaveLength(3);
    for (const [name, value] of secrets) expect(value, name).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
    expect(readFileSync(join(ROOT, '.env.example'), 'utf8')).toMatch(/^POSTGRES_PASSWORD=$/m);
    expect(readFileSync(join(ROOT, '.gitignore'), 'utf8')).toMatch(/^\.env$/m);
  });

  test('names every variable that can be set in the example of .env', () => {
    const used = [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
    const offered = [...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual([...offered].sort());
  });

  test('leads Prometheus to the ports that are there', () => {
    const { scrape_configs: jobs } = parse(readFileSync(join(FOLDER, 'prometheus/prometheus.yml'), 'utf8')) as {
      scrape_configs: readonly { static_configs: readonly { targets: readonly string[] }[] }[];
    };
    const targets = jobs.flatMap((job) => job.static_configs.flatMap((some) => some.targets));
    const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
    const envoy = readFileSync(join(FOLDER, 'envoy/envoy.yaml'), 'utf8');
    for (const target of targets) {
      const [host = '', port = ''] = target.split(':');
      expect(services, target).toHaveProperty(host);
      expect(host === 'worker' ? dockerfile : envoy, target).toMatch(new RegExp(`[ :]${port}\\b`));
    }
  });

  test('gives the worker and Envoy the same folder of routes, which only the worker may change', () => {
    const [worker, envoy] = ['worker', 'envoy'].map((name) =>
      services[name]?.volumes?.find((mount) => mount.startsWith('routes:')),
    );
    expect(envoy).toBe(`${worker ?? ''}:ro`);
    const folder = worker?.split(':')[1] ?? '';
    const bootstrap = readFileSync(join(FOLDER, 'envoy/envoy.yaml'), 'utf8');
    const [, path = ''] = /path: (\/\S+\.yaml)/.exec(bootstrap) ?? [];
    expect(normalize(path)).toMatch(new RegExp(`^${folder}/`));
    expect(services['routes']?.command?.join()).toContain(path);
    expect(bootstrap).toContain(`watched_directory: { path: ${folder} }`);
    // A named volume begins with the image's folder, and so with its owner.
    expect(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).toMatch(new RegExp(`install -d -o node .*${folder}\\b`));
  });

  test('keeps what must outlive a container on volumes', () => {
    const image = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
    const [, journal = ''] = /HEADGATE_JOURNAL=(\S+)/.exec(image) ?? [];
    const [, observations = ''] = /HEADGATE_OBSERVATIONS=(\S+)/.exec(image) ?? [];
    expect(services['worker']?.volumes).toContain(`journal:${journal}`);
    expect(services['worker']?.volumes).toContain(`observations:${observations}`);
    expect(services['postgres']?.volumes).toContain('postgres:/var/lib/postgresql/data');
  });

  test('has a configuration that the worker accepts, without a warning', () => {
    const config = loadConfig({ env: {}, cwd: FOLDER });
    expect(config.warnings).toEqual([]);
    expect(JSON.stringify(config.routers['edge'])).toContain('/var/lib/headgate/routes/routes.yaml');
    expect(Object.keys(config.services)).toEqual(['checkout']);
  });

  test('comes with a specification for its demo service', () => {
    const file = 'deploy/canary.yaml';
    const [spec] = parseSpecs(readFileSync(join(ROOT, file), 'utf8'), { file, version: '1.1.0' });
    expect(spec).toMatchObject({ plan: { service: 'checkout' } });
  });

  test('has scripts that a shell can read, and programs that Node can', () => {
    for (const { source, target } of entries.flatMap(([, service]) => mountsOf(service))) {
      if (!source.startsWith('.') || statSync(join(ROOT, source)).isDirectory()) continue;
      const read = readFileSync(join(ROOT, source), 'utf8');
      if (target.endsWith('.sh')) expect(read).toMatch(/^#!\/bin\/sh\n[\s\S]*^set -eu$/m);
    }
  });
});
