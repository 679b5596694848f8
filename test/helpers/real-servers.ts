import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';

/** A server of somebody else's that a suite runs on and that the machine may lack. */
export interface RealServer {
  readonly name: string;
  readonly executable: string;
  /** The Debian package that has it. */
  readonly debianPackage: string;
}

/** What the reason of a test that was left out for want of a server begins with. */
export const MISSING_SERVER = 'missing server: ';

/** Debian puts servers where the PATH of an ordinary user does not lead. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/**
 * A suite on a real server. Where the server is missing the suite is left out and the closing summary names it; with
 * `CI=true` it fails instead, so that nothing goes untested unnoticed.
 */
export function describeOn(
  server: RealServer,
  title: string,
  suite: (executable: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): void {
  const executable = find(server.executable, env);
  describe(title, () => {
    if (executable !== null) {
      suite(executable);
      return;
    }
    test(`runs on a real ${server.name}`, ({ skip }) => {
      const missing = `${MISSING_SERVER}${server.name} (apt-get install ${server.debianPackage})`;
      if (env['CI'] === 'true') throw new Error(`${missing}; with CI=true no suite is left out`);
      skip(missing);
    });
  });
}

function find(executable: string, env: NodeJS.ProcessEnv): string | null {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const path of [...folders, ...SERVER_FOLDERS].map((folder) => join(folder, executable))) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return null;
}
