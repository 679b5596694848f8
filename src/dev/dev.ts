import { once } from 'node:events';
import { resolve } from 'node:path';
import { loadConfig } from '../config/load-config.js';
import type { HeadgateConfig } from '../config/types.js';
import { DEFAULT_DIRECTORY, GATEWAY_ADMIN_PORT, GATEWAY_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT } from './defaults.js';
import { startPlayground, type Playground } from './demo/playground.js';
import { startEnvironment, type Environment } from './environment.js';
import { TemporalLostError } from './errors.js';
import type { ConfiguredServices } from './gateway/plane.js';
import { watchForInterruption } from './interruption.js';
import { lockDirectory } from './lock.js';
import { releasing, type Releasers } from './releasers.js';
import type { Screen } from '../presentation/screen.js';
import { placesToLook, thingsToTry } from './what-to-try.js';

export interface DevOptions {
  /** Keeps everything, below the working directory. Default `.headgate`. */
  readonly directory?: string;
  /** Default: `headgate.yaml` of the working directory; without one, a demo service is started to play with. */
  readonly configFile?: string;
  /** Ports that are used when nobody has them. Default 7233, 8233, 8080, 8081. */
  readonly temporalPort?: number;
  readonly temporalUiPort?: number;
  readonly gatewayPort?: number;
  readonly gatewayAdminPort?: number;
  /** Forget workflows and weights at the end. Default false. */
  readonly ephemeral?: boolean;
  /** Default standard output. */
  readonly screen?: Screen;
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Default `process.cwd()`. */
  readonly cwd?: string;
  /** Ends it. Default: Ctrl-C and its like. */
  readonly signal?: AbortSignal;
  /** How a person runs `headgate` here. Default `npx headgate`. */
  readonly command?: string;
}

/**
 * Runs Temporal, the gateway and a worker on this machine until it is interrupted, and then leaves nothing running.
 *
 * What dies is started again. Where this ends in any other way, the gateway of a configured project serves on with the
 * weights that it has, and the next run takes it over.
 *
 * @throws AlreadyRunningError, PortInUseError, InvalidSpecError of the configuration, ProgramUnavailableError,
 * ProgramEndedError of what cannot be started, TemporalLostError.
 */
export async function runDev(options: DevOptions = {}): Promise<void> {
  const { env = process.env, cwd = process.cwd(), screen = process.stdout } = options;
  const say = (line: string): void => void screen.write(`${line}\n`);
  const config = loadConfig({ env, cwd, ...(options.configFile === undefined ? {} : { file: options.configFile }) });
  const interruption = watchForInterruption(options.signal);
  const { signal } = interruption;
  try {
    await releasing(async (releasers) => {
      const directory = resolve(cwd, options.directory ?? DEFAULT_DIRECTORY);
      releasers.add('the directory', await lockDirectory(directory), (release) => release());
      const playground = hasServices(config) ? null : await startPlayground(releasers);
      const environment = await start({ ...options, env }, { config, directory, playground, say, signal }, releasers);
      await playground?.open(environment, directory);
      say('');
      for (const line of placesToLook(environment)) say(line);
      for (const line of thingsToTry({ environment, playground, command: options.command })) say(line);
      say('');
      say('Ctrl-C ends it.');
      await untilOver(environment, signal);
      say('ending');
      environment.dataPlane.outlivesUs(false);
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    interruption.release();
  }
}

interface Starting {
  readonly config: HeadgateConfig;
  readonly directory: string;
  readonly playground: Playground | null;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

function start(
  options: DevOptions & { readonly env: NodeJS.ProcessEnv },
  { config, directory, playground, say, signal }: Starting,
  releasers: Releasers,
): Promise<Environment> {
  const trafficPort = options.gatewayPort ?? GATEWAY_PORT;
  const services =
    playground === null
      ? configured(config, trafficPort)
      : ({
          kind: 'own',
          services: [playground.service],
          trafficPort,
          adminPort: options.gatewayAdminPort ?? GATEWAY_ADMIN_PORT,
        } as const);
  return startEnvironment(
    {
      directory,
      services,
      memory: options.ephemeral === true ? 'thisRun' : 'lasting',
      temporalPort: options.temporalPort ?? TEMPORAL_PORT,
      temporalUiPort: options.temporalUiPort ?? TEMPORAL_UI_PORT,
      env: options.env,
      say: (line) => say(`… ${line}`),
      signal,
    },
    releasers,
  );
}

function hasServices({ services }: HeadgateConfig): boolean {
  return Object.keys(services).length > 0;
}

function configured(config: HeadgateConfig, trafficPort: number): ConfiguredServices {
  return { kind: 'configured', config, configFile: config.file ?? '', trafficPort };
}

/** Until it is interrupted. @throws TemporalLostError */
async function untilOver({ temporal, dataPlane }: Environment, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const waiting = new AbortController();
  const interrupted = once(signal, 'abort', { signal: waiting.signal }).then(() => null);
  const lost = temporal.givenUp.then((error) => ({ error }));
  const end = await Promise.race([interrupted, lost]);
  waiting.abort();
  if (end === null) return;
  dataPlane.outlivesUs(true);
  throw new TemporalLostError(end.error, dataPlane.isOurs ? [] : dataPlane.gateways);
}
