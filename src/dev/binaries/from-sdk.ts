import { chmod, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SDK_DOWNLOAD_MS } from './defaults.js';
import type { ThirdPartyProgram } from './program.js';
import { runOrThrow } from './run.js';

/**
 * The official download: Temporal's SDK fetches the release that fits it when it starts a server, so one is started
 * and stopped. In a process of its own, because such a download cannot be called off.
 *
 * @throws Error when the SDK cannot reach the download, or it takes too long.
 */
export async function downloadBySdk(
  program: ThirdPartyProgram,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  if (program.sdkServer === null) throw new Error("Temporal's SDK does not have it");
  const sdk = createRequire(import.meta.url).resolve('@temporalio/testing');
  const create = program.sdkServer === 'dev-server' ? 'createLocal' : 'createTimeSkipping';
  const server = { executable: { type: 'cached-download', downloadDir: folder } };
  const script = `
    const { TestWorkflowEnvironment } = require(${JSON.stringify(sdk)});
    TestWorkflowEnvironment.${create}({ server: ${JSON.stringify(server)} })
      .then((environment) => environment.teardown())
      .then(() => process.exit(0), (error) => { console.error('error: ' + error.message); process.exit(1); });`;
  const runScript = ['--input-type=commonjs', '--eval', script];
  await runOrThrow(process.execPath, runScript, { env, timeoutMs: SDK_DOWNLOAD_MS }).catch((cause: unknown) => {
    throw new Error(withoutRepetition(cause instanceof Error ? cause.message : String(cause)), { cause });
  });
  const [file, ...others] = await readdir(folder);
  if (file === undefined || others.length > 0)
    throw new Error(`expected one file in ${folder}, got ${String(others.length + 1)}`);
  const path = join(folder, file);
  await chmod(path, 0o755);
  return path;
}

/** The SDK's message says each thing once per layer: `error: download failed: no connection: no connection`. */
function withoutRepetition(message: string): string {
  const parts = message.split(': ').filter((part) => part !== 'error');
  return [...new Set(parts)].join(': ');
}
