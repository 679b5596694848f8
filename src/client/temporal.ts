import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { HeadgateError } from '../domain/errors.js';
import { ServerUnreachableError } from './errors.js';

export interface ConnectOptions {
  /** Host and port. Default: Temporal's own environment configuration, then 127.0.0.1:7233. */
  readonly address?: string;
  readonly namespace?: string;
  /** The profile of Temporal's TOML configuration. */
  readonly profile?: string;
  /** Kept with every command in the workflow's history. */
  readonly identity?: string;
  /** Encodes what is given to the server: the same as the workers'. */
  readonly dataConverter?: DataConverter;
  /** How long to try to connect. Default 5 s. */
  readonly timeoutMs?: number;
}

/** A client for a Temporal server, configured as Temporal's own tools are (TLS, API key, profile, TEMPORAL_*). */
export async function connectToTemporal(options: ConnectOptions = {}): Promise<Client> {
  const config = connectionConfig(options.profile);
  const connectionOptions: ConnectionOptions = {
    ...config.connectionOptions,
    ...(options.address === undefined ? {} : { address: options.address }),
    connectTimeout: options.timeoutMs ?? 5000,
  };
  try {
    const connection = await Connection.connect(connectionOptions);
    return new Client({
      connection,
      namespace: options.namespace ?? config.namespace ?? 'default',
      ...(options.dataConverter === undefined ? {} : { dataConverter: options.dataConverter }),
      ...(options.identity === undefined ? {} : { identity: options.identity }),
    });
  } catch (error) {
    throw new ServerUnreachableError(connectionOptions.address ?? '127.0.0.1:7233', error);
  }
}

/**
 * What Temporal's own environment configuration says.
 *
 * @throws HeadgateError `INVALID_CONFIG` when it cannot be read, or has no such profile.
 */
function connectionConfig(profile?: string): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig(profile === undefined ? {} : { profile });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HeadgateError('INVALID_CONFIG', `Temporal's own configuration is refused: ${why}`, {
      remedy: 'Correct TEMPORAL_PROFILE, --profile, or the file that TEMPORAL_CONFIG_FILE names',
      cause: error,
    });
  }
}
