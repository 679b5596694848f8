import type { KnownVersions, PlaneReading } from '../../domain/traffic/serving/serves.js';
import type { Reported } from '../../domain/traffic/serving/versions.js';
import type { Roles } from '../../domain/traffic/weights.js';
import type { Journal } from '../../ports/journal.js';
import type { ServicePorts } from '../../ports/service.js';
import { recall, type Memory, type ReadPastRollouts } from './memory.js';

/** What is known of the versions on the two backends: by their own word, and by what the rollout before left. */
export interface Knowledge extends Memory {
  readonly reported: Readonly<Record<string, Reported>>;
}

export async function knowledgeOf(
  { service }: ServicePorts,
  plane: PlaneReading,
  reported: Promise<Knowledge['reported']>,
  journal: Journal,
  readPast?: ReadPastRollouts,
): Promise<Knowledge> {
  const memory = await recall(service, plane, journal, readPast);
  return { ...memory, reported: await reported };
}

/** The same, of the backends of a rollout. */
export function knownVersions(knowledge: Knowledge, roles: Roles | null): KnownVersions {
  const { record } = knowledge;
  if (roles === null) return { baseline: null, candidate: null, record };
  return {
    baseline: versionOf(knowledge, roles.baseline),
    candidate: versionOf({ ...knowledge, record: null }, roles.candidate),
    record,
  };
}

/** The version on a backend; `null` where nobody knows. */
function versionOf({ reported, record }: Pick<Knowledge, 'reported' | 'record'>, slot: string): string | null {
  const held = reported[slot];
  if (held !== undefined && 'version' in held) return held.version;
  return record?.slot === slot ? record.version : null;
}
