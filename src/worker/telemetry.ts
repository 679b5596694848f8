import { Runtime, type LogMetadata, type Logger } from '@temporalio/worker';
import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import { WorkerPortInUseError } from './errors.js';
import type { LogLevel, WorkerSettings } from './settings.js';

export type Log = Pino;

/** Structured logs, one JSON document a line, on stderr: stdout is for data. */
export function createLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
): Pino {
  return pino(
    {
      level,
      base: { program: 'headgate-worker' },
      timestamp: pino.stdTimeFunctions.isoTime,
      // The name under which Temporal's SDK tells why something failed.
      serializers: { error: pino.stdSerializers.err },
    },
    destination,
  );
}

/**
 * Sends what the Temporal SDK and the workflows log to `log`, and offers its metrics. Once per process.
 *
 * @throws WorkerPortInUseError
 */
export function installTelemetry(log: Pino, { host, metricsPort }: WorkerSettings): void {
  const bindAddress = `${host}:${String(metricsPort)}`;
  try {
    Runtime.install({
      logger: asTemporalLogger(log),
      telemetryOptions: metricsPort === null ? {} : { metrics: { prometheus: { bindAddress } } },
    });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes(PORT_TAKEN))) throw error;
    throw new WorkerPortInUseError('worker.metricsPort', 'HEADGATE_METRICS_PORT', bindAddress, error);
  }
}

/** The SDK's core says it in words only. */
const PORT_TAKEN = 'Address already in use';

function asTemporalLogger(log: Pino): Logger {
  const at = (level: LogLevel) => (message: string, meta?: LogMetadata) => log[level](meta ?? {}, message);
  return {
    log: (level, message, meta) => log[level.toLowerCase() as LogLevel](meta ?? {}, message),
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}
