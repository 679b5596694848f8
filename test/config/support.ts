import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { describeProblem, InvalidSpecError } from '../../src/domain/errors.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { HeadgateConfig } from '../../src/config/types.js';

/** A folder that is gone when the test ends, with these files in it. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export function load(text: string, env: NodeJS.ProcessEnv = {}): HeadgateConfig {
  return loadConfig({ env, cwd: folderWith({ 'headgate.yaml': text }) });
}

/** What a person is told about a configuration, a line per problem. */
export function told(text: string, env: NodeJS.ProcessEnv = {}): string[] {
  try {
    load(text, env);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error;
    return error.problems.map((problem) =>
      describeProblem(problem)
        .trim()
        .replace(/^\/\S*\//, ''),
    );
  }
}

const GATEWAYS = `routers: { gw: { kind: gateway, instances: ['http://127.0.0.1:8081'] } }
metrics: { gw: { kind: gateway, instances: ['http://127.0.0.1:8081'] } }
`;

/** A good configuration but for this service. */
export function withService(service: string): string {
  return `${GATEWAYS}services: { checkout: ${service} }\n`;
}

/** A good configuration, and these lines after it. */
export function withMore(lines: string): string {
  return `${withService('{ backends: { blue: {}, green: {} } }')}${lines}\n`;
}
