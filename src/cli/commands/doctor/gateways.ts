import type { Context } from '../../context.js';
import type { DoctorCheck } from '../../output/documents.js';
import { well } from './installation.js';

/** Whose the gateways are that the configuration names. */
export async function lookAtGateways({ session }: Context): Promise<DoctorCheck[]> {
  const { lookAtGateways: look } = await import('../../../wiring/gateways.js');
  const findings = await look(await session.config());
  return findings.map(({ url, what, problem, remedy }) => {
    const name = `gateway ${url}`;
    return problem === null ? well(name, what) : { name, ok: false, message: what, remedy, commands: [] };
  });
}
