import { entryState, type EntryState } from './entry-state.js';
import {
  noEntry,
  noMap,
  noPermission,
  notLiteral,
  serverWeights,
  strangeAnswer,
  type HaproxyRefusal,
} from './refusal.js';

/** By key of the map. */
export type Entries = ReadonlyMap<string, EntryState | HaproxyRefusal>;

/** What `show backend` says: `# name`, and then a name a line. @throws HaproxyRefusal when this is no such answer. */
export function backendsIn(answer: string): readonly string[] {
  refuseWithoutPermission(answer);
  const [, names] = /^# name\n((?:.+\n)*)/m.exec(answer) ?? [];
  if (names === undefined) throw strangeAnswer(answer);
  return names
    .split('\n')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/**
 * Of each key its fence, its value and its fence again, as they were asked for.
 *
 * @throws HaproxyRefusal as above, and for a map whose keys match others than themselves: a key would be taken for its fence.
 */
export function entriesIn(answer: string, map: string, keys: readonly string[]): Entries {
  refuseWithoutPermission(answer);
  if (/unknown map identifier/i.test(answer)) throw noMap(map);
  const found = answer.split('\n').filter((line) => line.startsWith('type='));
  if (found.length !== 3 * keys.length) throw strangeAnswer(answer);
  const match = found.map((line) => /^type=(\w+)/.exec(line)?.[1]).find((type) => type !== 'str');
  if (match !== undefined) throw notLiteral(map, match);
  const values = found.map((line) => valueIn(answer, line));
  return new Map(
    keys.map((key, index) => {
      const [before = null, value = null, after = null] = values.slice(3 * index);
      return [key, value === null ? noEntry(map, key) : entryState(before, value, after)];
    }),
  );
}

function refuseWithoutPermission(answer: string): void {
  if (/permission denied/i.test(answer)) throw noPermission();
}

/** `null` when there is no such entry. */
function valueIn(answer: string, line: string): string | null {
  if (/\bfound=no\b/.test(line)) return null;
  const [, value] = /\bfound=yes\b.*?, value="([^"]*)"/.exec(line) ?? [];
  if (value === undefined) throw strangeAnswer(answer);
  return value;
}

/** Columns of `show servers state`: the backend's name and the server's. */
const BACKEND_COLUMN = 1;
const SERVER_COLUMN = 3;

/** A backend that has a server for each slot splits by their weights. */
export function splitByServers(state: string, slots: readonly string[]): HaproxyRefusal | null {
  const servers = new Map<string, string[]>();
  for (const line of state.split('\n').filter((one) => /^\d+ \S/.test(one))) {
    const columns = line.split(' ');
    const backend = columns[BACKEND_COLUMN] ?? '';
    servers.set(backend, [...(servers.get(backend) ?? []), columns[SERVER_COLUMN] ?? '']);
  }
  for (const [backend, names] of servers)
    if (slots.every((slot) => names.includes(slot))) return serverWeights(backend, slots);
  return null;
}
