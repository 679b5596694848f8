import { setTimeout as sleep } from 'node:timers/promises';
import { AdapterUnavailableError } from '../domain/errors.js';
import { pathOf, type HealthEndpoint } from '../domain/health/health-plan.js';
import type { HealthProbe, ProbeResult, ProbeTarget } from '../ports/health-probe.js';

/** One lost packet says nothing about a program. */
const ATTEMPTS = 3;

const BETWEEN_ATTEMPTS_MS = 300;

/** Asks up to three times; the first answer that satisfies counts, else the last one. */
export async function patiently<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask();
    if (satisfies(answer) || attempt === ATTEMPTS) return answer;
    await sleep(BETWEEN_ATTEMPTS_MS);
  }
}

/** Asks an adapter up to three times while it cannot know; the error of the last try where it never can. */
export async function askPatiently<T>(ask: () => Promise<T>): Promise<T | AdapterUnavailableError> {
  return patiently(
    async () => {
      try {
        return await ask();
      } catch (error) {
        if (error instanceof AdapterUnavailableError) return error;
        throw error;
      }
    },
    (answer) => !(answer instanceof AdapterUnavailableError),
  );
}

export type Probed = ProbeResult & {
  /** Its path. */
  readonly endpoint: string;
};

/** Asks up to three times, and answers with the first healthy answer or the last other one. */
export async function probeUntilHealthy(
  probe: HealthProbe,
  target: ProbeTarget,
  endpoint: HealthEndpoint,
  timeoutMs: number,
): Promise<Probed> {
  const result = await patiently(
    () => probe.probe(target, endpoint, timeoutMs),
    ({ healthy }) => healthy,
  );
  return { ...result, endpoint: pathOf(endpoint) };
}
