import { Pool } from 'undici';
import type { Releasers } from '../../src/dev/releasers.js';
import { PARTS_PER_WHOLE } from '../../src/domain/percent.js';
import { shareOf, type Weights } from '../../src/domain/traffic/weights.js';
import { bucketOf } from '../../src/gateway/route.js';
import { forkPart } from '../lib/forked.js';
import { inParallel } from '../lib/in-parallel.js';
import type { GatewayMessage, GatewayReady } from './gateway-part.js';
import type { BenchPlane, PlaneOptions } from './plane.js';
import { CANDIDATE, SHARE_PERCENT } from './settings.js';
import { SWEEP_CONCURRENCY, watchShares } from './shares.js';
import type { Sides } from './users.js';

/** A real gateway in a process of its own, with two backends behind all its routes. */
export async function startGatewayPlane({ services, floors }: PlaneOptions, releasers: Releasers): Promise<BenchPlane> {
  const gateway = releasers.add(
    'the gateway',
    await forkPart<GatewayReady>(new URL('./gateway-part.js', import.meta.url), {
      services: services.length,
      floors: floors.length,
    }),
    (part) => part.kill(),
  );
  const { adminUrl, trafficUrl } = gateway.ready;
  const admin = releasers.add('the looking', new Pool(adminUrl, { connections: 2 * SWEEP_CONCURRENCY }), (pool) =>
    pool.destroy(),
  );
  const shareNow = async (route: string): Promise<number> => {
    const { body, statusCode } = await admin.request({ method: 'GET', path: `/routes/${route}/weights` });
    if (statusCode !== 200)
      throw new Error(`the gateway answers ${String(statusCode)} for ${route}: ${await body.text()}`);
    return shareOf(((await body.json()) as { weights: Weights }).weights, CANDIDATE);
  };
  return {
    trafficUrl,
    address: { kind: 'gateway', adminUrl },
    shares: watchShares(async (routes, saw) => {
      await inParallel(routes, SWEEP_CONCURRENCY, async (route) => saw(route, await shareNow(route)));
    }),
    seen: null,
    sidesOf,
    setCandidateFails: (candidateFails) => gateway.tell({ candidateFails } satisfies GatewayMessage),
  };
}

/** The gateway's own rule says who is on which side, for as long as the share is what the plan says. */
function sidesOf(service: string): Sides {
  const candidateParts = (SHARE_PERCENT / 100) * PARTS_PER_WHOLE;
  const find = (fits: (bucket: number) => boolean): string => {
    for (let number = 0; ; number += 1) {
      const user = `user-${String(number)}`;
      if (fits(bucketOf(`${service}\n${user}`))) return user;
    }
  };
  return {
    onCandidate: find((bucket) => bucket < candidateParts),
    onBaseline: find((bucket) => bucket >= candidateParts),
  };
}
