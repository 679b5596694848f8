import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { GatewayIdentity } from '../../adapters/gateway/who-answers.js';
import { HeadgateError } from '../../domain/errors.js';
import type { GatewayOwner, RouteInput } from '../../gateway/options.js';
import { isAlive } from '../process/is-alive.js';
import { stopProcess, type GatewayProcess } from './gateway-process.js';

const LOOK_EVERY_MS = 500;

/**
 * Takes over a gateway of an earlier run that serves still: weights, counters and requests in flight stay as they are, and
 * its routes become what the configuration says now.
 *
 * @throws HeadgateError when it does not take the routes.
 */
export async function adoptGateway(
  adminUrl: string,
  { pid, trafficUrl }: GatewayIdentity,
  configured: { readonly owner: GatewayOwner; readonly routes: readonly RouteInput[] },
): Promise<GatewayProcess> {
  const { statusCode, body } = await request(`${adminUrl}/routes`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(configured),
  });
  const text = await body.text();
  if (statusCode !== 200) {
    throw new HeadgateError('GATEWAY_FAILED', `The gateway at ${adminUrl} does not take its routes`, {
      got: `${String(statusCode)} ${text}`,
      remedy: `End it (kill ${String(pid)}) and start again`,
    });
  }
  const watching = new AbortController();
  const ended = untilGone(pid, watching.signal);
  void ended.then(() => watching.abort());
  return {
    pid,
    adminUrl,
    trafficUrl: trafficUrl ?? '',
    ended,
    async stop() {
      // The number of one that is gone may belong to another process by now.
      if (isAlive(pid) && !watching.signal.aborted) await stopProcess(pid, ended);
      watching.abort();
    },
  };
}

/** It is no child of ours, so nobody tells us when it ends. */
async function untilGone(pid: number, signal: AbortSignal): Promise<string> {
  while (isAlive(pid) && !signal.aborted)
    await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  return 'it is gone';
}
