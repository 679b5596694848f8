import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RealServer } from './real-servers.js';

const run = promisify(execFile);

export const OPENSSL: RealServer = { name: 'OpenSSL', executable: 'openssl', debianPackage: 'openssl' };

/** PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes certificates that are good for a day; whoever makes it ends it. */
export interface Authority extends Certificate {
  /** @param names as OpenSSL writes them: `IP:127.0.0.1`, `DNS:prometheus.internal` */
  issue(names: string): Promise<Certificate>;
  stop(): Promise<void>;
}

export async function createAuthority(openssl: string): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-certificates-'));
  const at = (name: string): string => join(folder, name);
  let count = 0;

  async function make(name: string, more: readonly string[]): Promise<Certificate> {
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    await run(openssl, ['req', '-x509', '-days', '1', ...curve, ...files, '-subj', `/CN=${name}`, ...more]);
    return { cert: await readFile(at(`${name}.pem`), 'utf8'), key: await readFile(at(`${name}.key`), 'utf8') };
  }

  const own = await make('authority', []);
  return {
    ...own,
    issue(names) {
      count += 1;
      const by = ['-CA', at('authority.pem'), '-CAkey', at('authority.key')];
      const end = ['-addext', `subjectAltName=${names}`, '-addext', 'basicConstraints=critical,CA:FALSE'];
      return make(`issued-${String(count)}`, [...by, ...end]);
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}
