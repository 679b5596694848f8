import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatewayOwner } from '../../gateway/options.js';
import { adoptGateway } from './adopt.js';
import type { LocalGateway } from './local-gateways.js';
import { whoHas } from './who-has-port.js';

const FILE = /^gateway-\d+\.url$/;

/** A gateway may outlive us: the next run must find it, also when its configuration names another port by then. */
export async function rememberGateway(
  directory: string,
  { adminUrl, adminPort }: LocalGateway,
): Promise<() => Promise<void>> {
  const file = join(directory, `gateway-${String(adminPort)}.url`);
  await writeFile(file, adminUrl);
  return () => rm(file, { force: true });
}

/** Ends the gateways of earlier runs that the configuration does not name any more. */
export async function endLeftGateways(
  owner: GatewayOwner,
  wanted: readonly LocalGateway[],
  say: (line: string) => void,
): Promise<void> {
  const files = (await readdir(owner.directory)).filter((name) => FILE.test(name));
  for (const file of files.map((name) => join(owner.directory, name))) {
    const adminUrl = await readFile(file, 'utf8');
    if (wanted.some((gateway) => gateway.adminUrl === adminUrl)) continue;
    const who = await whoHas(adminUrl);
    if (who.kind === 'gateway' && who.owner === owner.directory) {
      say(`ending the gateway at ${adminUrl}: ${owner.config} does not name it any more`);
      await (await adoptGateway(adminUrl, who, { owner, routes: [] })).stop();
    }
    await rm(file, { force: true });
  }
}
