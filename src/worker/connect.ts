import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { HeadgateError } from '../domain/errors.js';

/** Where Temporal's own tools look when nothing is said. */
const DEFAULT_ADDRESS = '127.0.0.1:7233';

/** @throws HeadgateError `SERVER_UNREACHABLE`, or `INVALID_CONFIG` for what is no address. */
export async function connect(options: NativeConnectionOptions): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(options);
  } catch (error) {
    if (error instanceof TypeError)
      throw new HeadgateError('INVALID_CONFIG', `Temporal's address is refused: ${error.message}`, {
        remedy: 'Write --address, or TEMPORAL_ADDRESS, as host:port',
        cause: error,
      });
    if (!(error instanceof Error && error.name === 'TransportError')) throw error;
    throw new HeadgateError(
      'SERVER_UNREACHABLE',
      `Temporal cannot be reached at ${options.address ?? DEFAULT_ADDRESS}`,
      {
        expected: 'a Temporal server that answers',
        remedy: 'Start one (headgate dev), or set TEMPORAL_ADDRESS',
        next: ['headgate doctor'],
        cause: error,
      },
    );
  }
}
