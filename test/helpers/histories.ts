import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { historiesIn, recordedReleases } from '../../scripts/steps/histories.mjs';
import { ROOT } from '../../scripts/steps/root.mjs';

/** A recorded rollout, as it lies in `test/histories`. */
export interface RecordedHistory {
  /** `0.1/canary-promoted.json` */
  readonly name: string;
  readonly release: string;
  readonly isFrozen: boolean;
  readonly text: string;
}

export const RECORDED: readonly RecordedHistory[] = recordedReleases(ROOT).flatMap(({ release, folder, isFrozen }) =>
  historiesIn(folder).map((file) => ({
    name: `${release}/${file}`,
    release,
    isFrozen,
    text: readFileSync(join(folder, file), 'utf8'),
  })),
);

export function historyOf({ text }: RecordedHistory): ReturnType<typeof historyFromJSON> {
  return historyFromJSON(JSON.parse(text));
}

type Events = NonNullable<ReturnType<typeof historyOf>['events']>;

/** What a history can show of itself. */
export interface Contents {
  readonly events: Events;
  /** What was given and answered, decoded, one after the other. */
  readonly said: string;
}

export function contentsOf(recorded: RecordedHistory): Contents {
  const payloads = [...recorded.text.matchAll(/"data": ?"([A-Za-z0-9+/=]*)"/g)];
  return {
    events: historyOf(recorded).events ?? [],
    said: payloads.map(([, data = '']) => Buffer.from(data, 'base64').toString()).join('\n'),
  };
}
