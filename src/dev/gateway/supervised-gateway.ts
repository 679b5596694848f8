import { keepRunning, type Kept } from '../process/keep-running.js';
import type { GatewayProcess } from './gateway-process.js';

/** A gateway that is started again when it ends by itself, with the weights that it has kept. */
export interface SupervisedGateway {
  readonly trafficUrl: string;
  readonly adminUrl: string;
  /** Whether it goes on serving when we end: {@link SupervisedGateway.release}. */
  outlivesUs: boolean;
  /** Ends it, or lets it serve on, as {@link SupervisedGateway.outlivesUs} says. */
  release(): Promise<void>;
}

export interface SupervisedGatewayOptions {
  readonly first: GatewayProcess;
  /** Starts another one on the same ports. */
  readonly startAgain: () => Promise<GatewayProcess>;
  readonly outlivesUs: boolean;
  readonly say: (line: string) => void;
}

export function superviseGateway({ first, startAgain, outlivesUs, say }: SupervisedGatewayOptions): SupervisedGateway {
  const { adminUrl, trafficUrl } = first;
  const kept: Kept<GatewayProcess> = keepRunning({
    first,
    startAgain,
    onRestart: (how, { pid }) =>
      say(`the gateway ended (${how}) and was started again with its weights, as process ${String(pid)}`),
    onFailure: (error) =>
      say(
        `the gateway at ${adminUrl} cannot be started again: ${error instanceof Error ? error.message : String(error)}; retrying`,
      ),
  });
  return {
    trafficUrl,
    adminUrl,
    outlivesUs,
    release() {
      return this.outlivesUs ? kept.leave() : kept.stop();
    },
  };
}
