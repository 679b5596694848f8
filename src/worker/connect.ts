import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { HeadgateError } from '../domain/errors.js';

/** Where Temporal's own tools look when nothing is said. */
const DEFAULT_ADDRESS = '127.0.0.1:7233';

/** @throws HeadgateError `SERVER_UNREACHABLE` */
export async function connect(options: NativeConnectionOptions): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(options);
  } catch (error) {
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
