import { Runtime, type LogMetadata, type Logger } from '@temporalio/worker';
import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import type { LogLevel, WorkerSettings } from './settings.js';

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

/** Sends what the Temporal SDK and the workflows log to `log`, and offers its metrics. Once per process. */
export function installTelemetry(log: Pino, { host, metricsPort }: WorkerSettings): void {
  Runtime.install({
    logger: asTemporalLogger(log),
    telemetryOptions:
      metricsPort === null ? {} : { metrics: { prometheus: { bindAddress: `${host}:${String(metricsPort)}` } } },
  });
}

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
