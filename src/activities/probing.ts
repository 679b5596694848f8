import { sleep } from '@temporalio/activity';
import type { HealthProbe, ProbeResult, ProbeTarget } from '../ports/health-probe.js';

/** One lost packet does not make a backend unhealthy. */
const ATTEMPTS = 3;

const BETWEEN_ATTEMPTS_MS = 300;

export type Probed = ProbeResult & { readonly endpoint: string };

/** Asks up to three times, and answers with the first healthy answer or the last other one. */
export async function probeUntilHealthy(
  probe: HealthProbe,
  target: ProbeTarget,
  endpoint: string,
  timeoutMs: number,
): Promise<Probed> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await probe.probe(target, endpoint, timeoutMs);
    if (result.healthy || attempt === ATTEMPTS) return { ...result, endpoint };
    await sleep(BETWEEN_ATTEMPTS_MS);
  }
}
