import { once } from 'node:events';
import { shareOf } from '../../domain/rollout/weights.js';
import { TEMPORAL_PORT } from '../defaults.js';
import { USER_COOKIE } from '../environment.js';
import type { Releasers } from '../releasers.js';
import { startLoad } from './load.js';
import { DEMO_SERVICE, type Stage } from './stage.js';
import { DEMO_VERSIONS } from './versions.js';
import type { View } from './view.js';
import { readWeights } from './weights-watch.js';

const PLAY_REQUESTS_PER_SECOND = 100;
const LONGEST_PLAY_S = 8 * 3600;

/** Keeps everything up, with fewer users, and says what can be tried, until Ctrl-C. */
export async function keepUp(
  { environment, load, slots, specFile, signal }: Stage,
  { view, command, releasers }: { readonly view: View; readonly command: string; readonly releasers: Releasers },
): Promise<void> {
  await load.stop();
  const { temporal, gateway, worker } = environment;
  const calmLoad = startLoad({
    url: gateway.trafficUrl,
    requestsPerSecond: PLAY_REQUESTS_PER_SECOND,
    users: 1000,
    maxRequests: LONGEST_PLAY_S * PLAY_REQUESTS_PER_SECOND,
    cookie: USER_COOKIE,
    onAnswer: () => undefined,
  });
  releasers.add('the users', calmLoad, (one) => one.stop());

  const weights = await readWeights(gateway.adminUrl, DEMO_SERVICE);
  const idle = slots.find(({ slot }) => shareOf(weights, slot) === 0);
  idle?.deploy(DEMO_VERSIONS.next);
  const { version } = DEMO_VERSIONS.next;
  view.say(
    '',
    'Everything stays up until Ctrl-C. In another terminal:',
    ...(temporal.address.endsWith(`:${String(TEMPORAL_PORT)}`)
      ? []
      : [`  export TEMPORAL_ADDRESS=${temporal.address}`]),
    `  ${command} start ${specFile} --version ${version}     # ${idle?.slot ?? 'the idle slot'} runs it, it is healthy`,
    `  ${command} watch ${DEMO_SERVICE}`,
    `  ${command} abort ${DEMO_SERVICE} --reason "had enough"`,
    `  ${command} history ${DEMO_SERVICE}`,
    `  curl -X POST ${idle?.url ?? ''}/deploy/${DEMO_VERSIONS.failing.version}     # puts a bad one there instead, then start it`,
    `  kill -9 ${String(worker.pid())}     # the worker: it comes back, and rollouts go on where they were`,
    '',
    `  Temporal UI  ${temporal.uiUrl}`,
    `  gateway      ${gateway.trafficUrl}   its admin API ${gateway.adminUrl}/routes`,
  );
  if (!signal.aborted) await once(signal, 'abort');
}
