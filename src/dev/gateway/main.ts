import { HeadgateError } from '../../domain/errors.js';
import { startGateway, type Gateway } from '../../gateway/gateway.js';
import type { GatewayAnswer, GatewayOrder } from './messages.js';

/**
 * The gateway as a process of its own. It is told what to be by the one that starts it, answers, and lets go of it: from
 * then on nothing binds the two, and it serves whatever happens to the other.
 */
process.once('message', (order) => void obey(order as GatewayOrder));
process.once('disconnect', giveUp);
// A terminal that closes is not meant for it.
process.on('SIGHUP', () => undefined);

/** The one who starts it is gone before it has said what to be. */
function giveUp(): void {
  process.exit(1);
}

async function obey({ options }: GatewayOrder): Promise<void> {
  try {
    const gateway = await startGateway(options);
    endOnRequest(gateway);
    process.removeListener('disconnect', giveUp);
    say(`serves ${gateway.trafficUrl}, admin ${gateway.adminUrl}`);
    answer({ trafficUrl: gateway.trafficUrl, adminUrl: gateway.adminUrl });
  } catch (error) {
    answer({ failure: factsOf(error) });
    process.exitCode = 1;
    process.disconnect();
  }
}

function endOnRequest(gateway: Gateway): void {
  const end = (signal: NodeJS.Signals): void => {
    say(`${signal}: lets requests in flight end`);
    gateway.close().then(
      () => process.exit(0),
      (error: unknown) => {
        say(String(error));
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
}

function answer(message: GatewayAnswer): void {
  // The one who has started it may be gone: then nobody needs the answer.
  process.send?.(message, undefined, {}, () => undefined);
}

function factsOf(error: unknown): Extract<GatewayAnswer, { failure: unknown }>['failure'] {
  if (error instanceof HeadgateError) {
    const { code, message, expected, got, remedy } = error;
    return { code, message, port: null, expected, got, remedy };
  }
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  const message = error instanceof Error ? error.message : String(error);
  const port = error instanceof Error && 'port' in error && typeof error.port === 'number' ? error.port : null;
  return { code, message, port, expected: undefined, got: undefined, remedy: undefined };
}

function say(line: string): void {
  console.error(`${new Date().toISOString()} gateway ${String(process.pid)} ${line}`);
}
