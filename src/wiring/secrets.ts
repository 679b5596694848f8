import { dirname } from 'node:path';
import type { ReadSecret } from '../adapters/http/access.js';
import { secretReader } from '../config/resolve-secret.js';
import type { HeadgateConfig } from '../config/types.js';

/** Relative files are looked for beside the configuration. */
export function secretsOf({ file }: Pick<HeadgateConfig, 'file'>, env: NodeJS.ProcessEnv = process.env): ReadSecret {
  return secretReader(env, file === null ? process.cwd() : dirname(file));
}
