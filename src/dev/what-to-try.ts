import { TEMPORAL_PORT } from './defaults.js';
import type { Playground } from './demo/playground.js';
import type { Environment } from './environment.js';

/** Where a person can look. */
export function placesToLook({ temporal, dataPlane }: Environment): string[] {
  return [
    `  Temporal UI  ${temporal.uiUrl}`,
    ...dataPlane.gateways.flatMap(({ trafficUrl, routesUrl }) => [
      `  gateway      ${trafficUrl}`,
      `  its admin    ${routesUrl}`,
    ]),
    `  logs         ${dataPlane.directory}/{temporal,worker,gateway}.log`,
  ];
}

/** What can be typed in another terminal. */
export function thingsToTry({
  environment: { temporal, dataPlane, worker },
  playground,
  command = 'npx headgate',
}: {
  readonly environment: Environment;
  readonly playground: Playground | null;
  readonly command?: string | undefined;
}): string[] {
  const usualPort = temporal.address.endsWith(`:${String(TEMPORAL_PORT)}`);
  const settings = [
    ...(usualPort ? [] : [`  export TEMPORAL_ADDRESS=${temporal.address}`]),
    ...(dataPlane.isOurs ? [`  export HEADGATE_CONFIG=${dataPlane.configFile}`] : []),
  ];
  const kill = `  kill -9 ${String(worker.pid())}     # the worker: it comes back, and rollouts go on where they were`;
  return [
    '',
    'In another terminal:',
    ...settings,
    ...(playground?.commands(command) ?? [`  ${command} doctor`, `  ${command} start SPEC.yaml --wait`]),
    kill,
  ];
}
