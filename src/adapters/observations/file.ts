import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadgateError } from '../../domain/errors.js';
import { OBSERVATIONS_VERSION, withoutRepeats, type ObservationLine } from '../../domain/observations/line.js';
import type { ObservationStore } from '../../ports/observation-store.js';
import { appendLines, emptyWhenMissing, readLines } from '../files/append-only.js';

export interface FileObservationsOptions {
  /** Holds one `<service>@<run>.jsonl` per rollout; made when missing. */
  readonly directory: string;
  /** @default 64 MiB: about five days of a check every 10 s */
  readonly maxBytesPerRollout?: number;
}

const MAX_BYTES_PER_ROLLOUT = 64 * 1024 * 1024;
const EXTENSION = '.jsonl';

/** Thrown when a rollout has as many observations as it may have. What is there stays. */
class ObservationsFullError extends HeadgateError {
  constructor(path: string, maxBytes: number) {
    super('OBSERVATIONS_FULL', `${path} is full: nothing more of this rollout is kept`, {
      expected: `at most ${String(maxBytes)} bytes a rollout`,
      remedy: 'Nothing to be done: the rollout itself goes on as before',
    });
  }
}

/**
 * Observations in append-only files, one rollout a file, one JSON document a line: docs/backtest.md.
 *
 * Several workers may append to the same file.
 */
export function createFileObservations(options: FileObservationsOptions): ObservationStore {
  const { directory, maxBytesPerRollout = MAX_BYTES_PER_ROLLOUT } = options;
  const pathOf = (rolloutId: string): string => join(directory, `${nameOf(rolloutId)}${EXTENSION}`);
  return {
    async append(rolloutId, lines) {
      if (lines.length === 0) return;
      await mkdir(directory, { recursive: true });
      const path = pathOf(rolloutId);
      await appendLines(path, lines, (size, more) => {
        if (size + more > maxBytesPerRollout) throw new ObservationsFullError(path, maxBytesPerRollout);
      });
    },
    async read(rolloutId) {
      return withoutRepeats((await readLines(pathOf(rolloutId))).filter(isLine));
    },
    async rolloutsOf(service) {
      const names = await readdir(directory).catch(emptyWhenMissing<string[]>([]));
      const own = names.filter((name) => name.startsWith(nameOf(`${service}@`)) && name.endsWith(EXTENSION));
      const aged = await Promise.all(
        own.map(async (name) => ({ name, at: (await stat(join(directory, name))).mtimeMs })),
      );
      return aged.sort((a, b) => a.at - b.at).map(({ name }) => decodeURIComponent(name.slice(0, -EXTENSION.length)));
    },
    placeOf: pathOf,
  };
}

/** A rollout's id may hold anything; a file's name may not. */
function nameOf(rolloutId: string): string {
  return rolloutId.split('@').map(encodeURIComponent).join('@');
}

function isLine(value: unknown): value is ObservationLine {
  const { v, kind } = (value ?? {}) as Partial<ObservationLine>;
  return v === OBSERVATIONS_VERSION && typeof kind === 'string';
}
