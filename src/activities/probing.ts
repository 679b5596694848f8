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

/**
 * Whether the baseline fails at each of the endpoints at which the candidate failed: then it is not the candidate's fault.
 *
 * What the baseline answers elsewhere says nothing: a process is alive also while the database that both need is away.
 */
export async function failsAtEach(
  candidateFailedAt: readonly string[],
  baselineFailsAt: (endpoint: string) => Promise<boolean>,
): Promise<boolean> {
  const fails = await Promise.all(candidateFailedAt.map(baselineFailsAt));
  return fails.length > 0 && fails.every(Boolean);
}
