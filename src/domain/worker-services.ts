/**
 * Which services a worker knows, told by its identity: Temporal shows who polls a task queue, so nothing else is needed to
 * compare workers.
 */
export type WorkerServices =
  | { readonly kind: 'named'; readonly names: readonly string[] }
  /** Too many to name. */
  | { readonly kind: 'digest'; readonly digest: string; readonly count: number };

/** Of a failure of a worker that does not know the service, while another one may: its workflow hands the task out anew. */
export const UNKNOWN_SERVICE_HERE = 'UNKNOWN_SERVICE_HERE';

/** The same of a task that has a memory, which only the server's own retries keep. */
export const UNKNOWN_SERVICE_HERE_SO_FAR = 'UNKNOWN_SERVICE_HERE_SO_FAR';

/** Every task of a rollout keeps the identity of its worker in the history. */
const LONGEST_NAMES = 120;

const NAMED = /^(.*) knows ([^\s#][^\s]*)$/;
const COUNTED = /^(.*) knows #([0-9a-f]{8}) \((\d+) services\)$/;

/** @param process by which people find it, such as `4242@host` */
export function workerIdentity(process: string, services: readonly string[]): string {
  if (services.length === 0) return process;
  const names = [...services].sort().join(',');
  if (names.length <= LONGEST_NAMES) return `${process} knows ${names}`;
  return `${process} knows #${digestOf(services)} (${String(services.length)} services)`;
}

/** What an identity tells; `services` is `null` for a worker that does not say which it knows. */
export function readWorkerIdentity(identity: string): {
  readonly process: string;
  readonly services: WorkerServices | null;
} {
  const named = NAMED.exec(identity);
  if (named !== null)
    return { process: named[1] ?? '', services: { kind: 'named', names: (named[2] ?? '').split(',') } };
  const counted = COUNTED.exec(identity);
  if (counted === null) return { process: identity, services: null };
  const [, process = '', digest = '', count] = counted;
  return { process, services: { kind: 'digest', digest, count: Number(count) } };
}

/**
 * Whether a worker may know a service.
 *
 * @param own what the one who asks knows, without that service
 */
export function mayKnow(services: WorkerServices | null, service: string, own: readonly string[]): boolean {
  if (services === null) return true;
  return services.kind === 'named' ? services.names.includes(service) : services.digest !== digestOf(own);
}

/** Which of `wanted` a worker does not know; `null` when that cannot be told. */
export function unknownTo(services: WorkerServices | null, wanted: readonly string[]): readonly string[] | null {
  if (services?.kind === 'named') return wanted.filter((name) => !services.names.includes(name));
  return services !== null && services.digest === digestOf(wanted) ? [] : null;
}

/** FNV-1a, 32 bits, of the names in order. */
function digestOf(services: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const character of [...services].sort().join(',')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}
