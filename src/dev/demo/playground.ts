import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shareOf } from '../../domain/traffic/weights.js';
import type { DevService } from '../config-file.js';
import { USER_COOKIE } from '../gateway/plane.js';
import type { Environment } from '../environment.js';
import type { Releasers } from '../releasers.js';
import { checkoutService, DEMO_SERVICE, startCheckoutSlot, type CheckoutSlot } from './checkout-slot.js';
import { startLoad } from './load.js';
import { demoSpec } from './story.js';
import { DEMO_VERSIONS, type DemoVersion } from './versions.js';

/** The demo service, with users, for a person to play with. */
export interface Playground {
  readonly service: DevService;
  /** Lets users in, and has a healthy version wait in the idle slot. */
  open(environment: Environment, directory: string): Promise<void>;
  /** What can be typed. */
  commands(command: string): string[];
}

/** Calm: a person's machine has other things to do. */
const PACE = { stageSeconds: 10, requestsPerSecond: 100 } as const;

const USERS = 1000;
const LONGEST_PLAY_S = 8 * 3600;

export async function startPlayground(releasers: Releasers): Promise<Playground> {
  const slots = await startSlots(DEMO_VERSIONS.first, releasers);
  return createPlayground(slots, DEMO_VERSIONS.healthy, releasers);
}

export async function startSlots(first: DemoVersion, releasers: Releasers): Promise<readonly CheckoutSlot[]> {
  const slots = await Promise.all(['blue', 'green'].map((slot) => startCheckoutSlot(slot, first)));
  for (const slot of slots) releasers.add(`slot ${slot.slot}`, slot, (one) => one.stop());
  return slots;
}

/** A playground on slots that run already. */
export function createPlayground(slots: readonly CheckoutSlot[], next: DemoVersion, releasers: Releasers): Playground {
  let specFile = '';
  let idle = slots[1];
  return {
    service: checkoutService(slots),
    async open({ dataPlane }, directory) {
      const [gateway] = dataPlane.gateways;
      if (gateway === undefined) return;
      const weights = await gateway.readWeights(DEMO_SERVICE);
      idle = slots.find(({ slot }) => shareOf(weights, slot) === 0) ?? idle;
      idle?.deploy(next);
      specFile = join(directory, `${DEMO_SERVICE}.yaml`);
      await writeFile(specFile, demoSpec(PACE, next.version));
      const load = startLoad({
        url: gateway.trafficUrl,
        requestsPerSecond: PACE.requestsPerSecond,
        users: USERS,
        maxRequests: LONGEST_PLAY_S * PACE.requestsPerSecond,
        cookie: USER_COOKIE,
        onAnswer: () => undefined,
      });
      releasers.add('the users', load, (one) => one.stop());
    },
    commands(command) {
      const bad = DEMO_VERSIONS.failing.version;
      const serving = slots.find((slot) => slot !== idle);
      return [
        `  ${command} start ${specFile}     # ${next.version}, healthy, waits in ${idle?.slot ?? 'the idle slot'}`,
        `  ${command} watch ${DEMO_SERVICE}`,
        `  ${command} abort ${DEMO_SERVICE} --reason "had enough"`,
        `  curl -X POST ${idle?.url ?? ''}/deploy/${bad}     # a bad one into ${idle?.slot ?? 'it'}; start it with --version ${bad}`,
        `  curl -X POST ${serving?.url ?? ''}/deploy/${bad}     # after a promotion, when ${serving?.slot ?? 'the other'} is idle`,
      ];
    },
  };
}
