import type { HealthProbe, ProbeResult, ProbeTarget } from '../ports/health-probe.js';
import { patiently } from './patience.js';

export type Probed = ProbeResult & { readonly endpoint: string };

/** Asks up to three times, and answers with the first healthy answer or the last other one. */
export async function probeUntilHealthy(
  probe: HealthProbe,
  target: ProbeTarget,
  endpoint: string,
  timeoutMs: number,
): Promise<Probed> {
  const result = await patiently(
    () => probe.probe(target, endpoint, timeoutMs),
    ({ healthy }) => healthy,
  );
  return { ...result, endpoint };
}
