import { askWhoAnswers, type Answerer } from '../adapters/gateway/who-answers.js';
import { realPathOf } from '../config/real-path.js';
import type { HeadgateConfig } from '../config/types.js';

/** What is where the configuration names a gateway. */
export interface GatewayFinding {
  /** As the configuration writes it. */
  readonly url: string;
  /** `null` when it is a gateway of this project, or of no project in particular. */
  readonly problem: string | null;
  /** What is there, in words. */
  readonly what: string;
  readonly remedy: string | null;
  /** Whether it has answered: what does not may be a gateway that hangs, and the router says so. */
  readonly answers: boolean;
}

/**
 * Asks who answers wherever the configuration names a gateway. One that is away is no finding here: whoever needs it says so.
 */
export async function lookAtGateways(
  config: Pick<HeadgateConfig, 'file' | 'routers' | 'metrics'>,
): Promise<readonly GatewayFinding[]> {
  const timeouts = new Map<string, number>();
  for (const plane of [...Object.values(config.routers), ...Object.values(config.metrics)]) {
    if (plane.kind === 'gateway') for (const url of plane.instances) timeouts.set(url, plane.timeoutMs);
  }
  const found = await Promise.all(
    [...timeouts].map(async ([url, timeoutMs]) => findingOn(url, await askWhoAnswers(url, timeoutMs), config.file)),
  );
  return found.filter((finding) => finding !== null);
}

const REMEDY = "End it, or name the address of this project's gateway under routers: and metrics: in headgate.yaml";

function findingOn(url: string, who: Answerer, file: string | null): GatewayFinding | null {
  if (who.kind === 'nobody') return null;
  if (who.kind === 'other') {
    const what = `no Headgate gateway, but ${who.what}`;
    return { url, what, problem: `${url} is ${what}`, remedy: REMEDY, answers: who.answers };
  }
  const process = `process ${String(who.pid)}`;
  if (who.config !== null && file !== null && who.config !== realPathOf(file)) {
    const what = `the gateway of another project, ${who.config} (${process})`;
    return { url, what, problem: `${url} is ${what}`, remedy: REMEDY, answers: true };
  }
  const users = who.trafficUrl === null ? '' : `, users come in at ${who.trafficUrl}`;
  return { url, what: `Headgate ${who.version}, ${process}${users}`, problem: null, remedy: null, answers: true };
}
