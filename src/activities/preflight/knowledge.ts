import type { PlaneReading } from '../../domain/traffic/serving/serves.js';
import type { Reported } from '../../domain/traffic/serving/versions.js';
import type { Journal } from '../../ports/journal.js';
import type { ServicePorts } from '../../ports/service.js';
import { recall, type Memory, type ReadPastRollouts } from './memory.js';
import { reportedVersions } from './reported.js';

/** What is known of the versions on the two backends: by their own word, and by what the rollout before left. */
export interface Knowledge extends Memory {
  readonly reported: Readonly<Record<string, Reported>>;
}

export async function knowledgeOf(
  service: ServicePorts,
  plane: PlaneReading,
  journal: Journal,
  readPast?: ReadPastRollouts,
): Promise<Knowledge> {
  const [reported, memory] = await Promise.all([
    reportedVersions(service),
    recall(service.service, plane, journal, readPast),
  ]);
  return { ...memory, reported };
}

/** The version on a backend; `null` where nobody knows. */
export function versionOf({ reported, record }: Pick<Knowledge, 'reported' | 'record'>, slot: string): string | null {
  const held = reported[slot];
  if (held !== undefined && 'version' in held) return held.version;
  return record?.slot === slot ? record.version : null;
}
