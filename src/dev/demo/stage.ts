import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadgateError } from '../../domain/errors.js';
import { DeploymentManager } from '../../client/deployment-manager.js';
import type { Started } from '../../client/start-rollout.js';
import { parseSpecs } from '../../spec/parse-specs.js';
import { GATEWAY_ADMIN_PORT, GATEWAY_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT } from '../defaults.js';
import { USER_COOKIE, type Entrance } from '../gateway/plane.js';
import { startEnvironment, type Environment } from '../environment.js';
import type { Releasers } from '../releasers.js';
import { waitFor } from '../wait-for.js';
import { checkoutService, type CheckoutSlot } from './checkout-slot.js';
import { startLoad, type Load } from './load.js';
import { startSlots } from './playground.js';
import type { Pace, Story } from './story.js';
import { Tally } from './tally.js';
import { DEMO_VERSIONS } from './versions.js';

type DemoSpec = ReturnType<typeof parseSpecs>[number];

/** What the demo is played on: everything real, and users at work. */
export interface Stage {
  readonly environment: Environment;
  readonly entrance: Entrance;
  readonly specFile: string;
  readonly plan: DemoSpec['plan'];
  readonly manager: DeploymentManager;
  /** Starts a rollout of the story's kind. */
  readonly start: (plan: DemoSpec['plan']) => Promise<Started>;
  readonly slots: readonly CheckoutSlot[];
  readonly tally: Tally;
  readonly load: Load;
  readonly signal: AbortSignal;
}

export interface StageOptions {
  readonly directory: string;
  readonly story: Story;
  readonly pace: Pace;
  readonly router: DemoRouter;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Says what takes time. */
  readonly say: (line: string) => void;
}

/** On which data plane it is played. */
export const DEMO_ROUTERS = ['gateway', 'envoy'] as const;
export type DemoRouter = (typeof DEMO_ROUTERS)[number];

/** Fine enough for verdicts within a second. */
const GRAIN_MS = 100;

const USERS = 5000;

/** Users come for at most so long, whatever happens. */
const LONGEST_LOAD_S = 300;

/** Users are served well when so many of them were lately, in so long. */
const CALM_ANSWERS = 100;
const CALM_P95_MS = 200;

/** A busy machine never is calm: then the story begins all the same. */
const PATIENCE_MS = 15_000;

export async function startStage(options: StageOptions, releasers: Releasers): Promise<Stage> {
  const { directory, story, pace, router, env, signal, say } = options;
  const slots = await startSlots(DEMO_VERSIONS.first, releasers);
  const environment = await startEnvironment(
    {
      directory,
      services:
        router === 'envoy'
          ? { kind: 'envoy', service: checkoutService(slots), trafficPort: GATEWAY_PORT, grainMs: GRAIN_MS }
          : {
              kind: 'own',
              services: [checkoutService(slots)],
              trafficPort: GATEWAY_PORT,
              adminPort: GATEWAY_ADMIN_PORT,
              grainMs: GRAIN_MS,
            },
      memory: 'thisRun',
      temporalPort: TEMPORAL_PORT,
      temporalUiPort: TEMPORAL_UI_PORT,
      env: withoutOurs(env),
      say,
      signal,
    },
    releasers,
  );
  const [entrance] = environment.dataPlane.gateways;
  if (entrance === undefined) throw new HeadgateError('NO_GATEWAY', 'The demo has no gateway');
  const specFile = join(directory, 'checkout.yaml');
  const { plan, strategy } = await writeSpec(specFile, story.spec(pace));
  const manager = new DeploymentManager({ client: environment.temporal.client });
  const tally = new Tally();
  const load = startLoad({
    url: entrance.trafficUrl,
    requestsPerSecond: pace.requestsPerSecond,
    users: USERS,
    maxRequests: LONGEST_LOAD_S * pace.requestsPerSecond,
    cookie: USER_COOKIE,
    onAnswer: (answer) => tally.add(answer),
  });
  releasers.add('the users', load, (one) => one.stop());
  say(`users send ${String(pace.requestsPerSecond)} requests a second to ${entrance.trafficUrl}`);
  await untilCalm(tally, signal);
  return {
    start: (wanted) => manager.start(strategy, { plan: wanted, requestedBy: 'the demo' }),
    manager,
    environment,
    entrance,
    specFile,
    plan,
    slots,
    tally,
    load,
    signal,
  };
}

/** The demo is the same for everybody, whatever their own installation is set to. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('HEADGATE_')));
}

/** What has just been started takes the processor from users for a moment. */
async function untilCalm(tally: Tally, signal: AbortSignal): Promise<void> {
  const begunAtMs = performance.now();
  await waitFor(
    'users to be answered',
    () => {
      const view = tally.lately(Date.now()).byVersion.get(DEMO_VERSIONS.first.version);
      if (view === undefined || view.requests < CALM_ANSWERS) return { notYet: `${String(tally.requests)} answers` };
      const patient = performance.now() - begunAtMs < PATIENCE_MS;
      return view.p95Ms > CALM_P95_MS && patient
        ? { notYet: `answers take ${String(Math.round(view.p95Ms))} ms` }
        : { value: true };
    },
    { deadlineMs: 2 * PATIENCE_MS, everyMs: 200, signal },
  );
}

/** The plan comes from a file as a person writes it, and that file is there to be used. */
async function writeSpec(file: string, text: string): Promise<DemoSpec> {
  await writeFile(file, text);
  const [spec] = parseSpecs(text, { file });
  if (spec === undefined) throw new HeadgateError('INVALID_SPEC', `${file} holds no specification`);
  return spec;
}
