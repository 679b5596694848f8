import { Connection } from '@temporalio/client';
import { askWhoAnswers, type Answerer } from '../../adapters/gateway/who-answers.js';

/** How long whoever has a port may take to say who it is. */
const IDENTITY_MS = 2000;

export function whoHas(adminUrl: string): Promise<Answerer> {
  return askWhoAnswers(adminUrl, IDENTITY_MS);
}

/** Who has a port of this machine, in words that complete "in use by …". */
export async function whoHasPort(port: number): Promise<string> {
  const address = `127.0.0.1:${String(port)}`;
  const who = await whoHas(`http://${address}`);
  if (who.kind === 'gateway') return describeGateway(who);
  if (who.kind === 'other') return (await isTemporal(address)) ? 'a Temporal server' : who.what;
  return 'a program that does not listen there';
}

/** A gateway, in words that complete "in use by …". */
export function describeGateway({ config, pid }: Extract<Answerer, { kind: 'gateway' }>): string {
  const whose = config === null ? 'a gateway that belongs to no project' : `the gateway of ${config}`;
  return `${whose} (process ${String(pid)})`;
}

async function isTemporal(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: IDENTITY_MS });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
