import type { WriteLimits } from '../../../ports/traffic-router.js';
import { addressOf } from './address.js';
import {
  HaproxyRefusal,
  noBackend,
  noEntry,
  noMap,
  noPermission,
  notASplit,
  serverWeights,
  strangeAnswer,
} from './refusal.js';
import { askRuntime } from './runtime-socket.js';
import { readSplit, writeSplit, type Split } from './split.js';

export interface HaproxyInstanceOptions {
  /** The map as haproxy.cfg names it. */
  readonly map: string;
  /** Path of the runtime socket, or host:port. */
  readonly socket: string;
  readonly timeoutMs: number;
}

/** The runtime API of one HAProxy. Throws {@link HaproxyRefusal}, or the transport's error. */
export interface HaproxyInstance {
  readonly socket: string;
  /** What it does now with requests of `key`, which splits between `backends`. */
  readSplit(key: string, backends: readonly string[]): Promise<Split>;
  /** Tells, and looks whether it was understood. */
  writeSplit(key: string, split: Split, limits?: WriteLimits): Promise<void>;
}

export function createHaproxyInstance({ map, socket, timeoutMs }: HaproxyInstanceOptions): HaproxyInstance {
  const address = addressOf(socket);
  const ask = (line: string, limits?: WriteLimits): Promise<string> => askRuntime(address, line, timeoutMs, limits);

  /** Who has no map or no backends may be splitting in the other way that HAProxy has: say so. */
  async function refuse(refusal: HaproxyRefusal, backends: readonly string[]): Promise<never> {
    const state = await ask('show servers state').catch(() => '');
    throw splitByServers(state, backends) ?? refusal;
  }

  return {
    socket,
    async readSplit(key, backends) {
      const [known = '', entry = ''] = partsOf(await ask(`show backend;get map ${map} ${key}`));
      const names = backendsIn(known);
      const missing = backends.filter((backend) => !names.includes(backend));
      if (missing.length > 0) return refuse(noBackend(missing, names), backends);
      const value = valueIn(entry, map, key);
      if (value instanceof HaproxyRefusal) return refuse(value, backends);
      const split = readSplit(value);
      if (split === null) throw notASplit(map, key, value);
      return split;
    },
    async writeSplit(key, split, limits) {
      const wanted = writeSplit(split);
      const answer = await ask(`set map ${map} ${key} ${wanted};get map ${map} ${key}`, limits);
      if (/permission denied/i.test(answer)) throw noPermission();
      const value = valueIn(answer, map, key);
      if (value instanceof HaproxyRefusal) throw value;
      if (value !== wanted) throw new Error(`was told ${wanted} but does ${value}`);
    },
  };
}

/** Each command of a line has its own answer, and an empty line after it. */
function partsOf(answer: string): readonly string[] {
  return answer.split('\n\n');
}

/** `# name`, and then a name a line. */
function backendsIn(answer: string): readonly string[] {
  const [head, ...names] = answer.split('\n');
  if (/permission denied/i.test(answer)) throw noPermission();
  if (head?.trim() !== '# name') throw strangeAnswer(answer);
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

function valueIn(answer: string, map: string, key: string): string | HaproxyRefusal {
  if (/unknown map identifier/i.test(answer)) return noMap(map);
  if (/\bfound=no\b/.test(answer)) return noEntry(map, key);
  const [, value] = /\bfound=yes\b.*?, value="([^"]*)"/.exec(answer) ?? [];
  if (value === undefined) throw strangeAnswer(answer);
  return value;
}

/** Columns of `show servers state`: the backend's name and the server's. */
const BACKEND_COLUMN = 1;
const SERVER_COLUMN = 3;

/** A backend that has a server for each slot splits by their weights. */
function splitByServers(state: string, slots: readonly string[]): HaproxyRefusal | null {
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
