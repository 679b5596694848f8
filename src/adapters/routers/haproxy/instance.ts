import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../../http/deadline.js';
import { sharedLook, unlessAborted } from '../../shared-look.js';
import { backendsIn, entriesIn, splitByServers, type Entries } from './answers.js';
import { isSettled, type EntryState, type Order } from './entry-state.js';
import { fenceKeyOf, fenceUnderWay } from './fence-entry.js';
import type { HaproxyRefusal } from './refusal.js';
import { RuntimeSocket, type AskLimits, type RuntimeAddress } from './runtime-socket.js';
import { writeSplit } from './split.js';

export interface HaproxyInstanceOptions {
  /** The map as haproxy.cfg names it. */
  readonly map: string;
  /** Path of the runtime socket, or host:port. */
  readonly socket: string;
  readonly timeoutMs: number;
}

/** The runtime API of one HAProxy, however many services are meant in one go. Throws HaproxyRefusal, or the transport's error. */
export interface HaproxyInstance {
  readonly socket: string;
  readonly map: string;
  backends(): Promise<readonly string[]>;
  read(keys: readonly string[], signal?: AbortSignal): Promise<Entries>;
  /** As {@link read}, once nobody writes any more what is read; or what is left of one who does not end. */
  readSettled(keys: readonly string[], signal?: AbortSignal): Promise<Entries>;
  /** Writes each order over what was read before, and answers with what stands there afterwards. */
  write(orders: ReadonlyMap<Order, EntryState>, limits: AskLimits): Promise<Entries>;
  /** The backend whose servers are called as the slots, by whose weights it splits; `null` where there is none. */
  splitByServers(slots: readonly string[]): Promise<HaproxyRefusal | null>;
}

/** A write takes less than a millisecond; one that is seen for so long was broken off. */
const SETTLING_MS = 100;
const LOOK_AGAIN_MS = 2;

export function createHaproxyInstance({ map, socket, timeoutMs }: HaproxyInstanceOptions): HaproxyInstance {
  const runtime = new RuntimeSocket(addressOf(socket), timeoutMs);
  // Hundreds who ask in the same moment are one look.
  const backends = sharedLook(async () => backendsIn(await runtime.ask(['show backend'])));

  const looksAt = (key: string): readonly string[] =>
    [fenceKeyOf(key), key, fenceKeyOf(key)].map((one) => `get map ${map} ${one}`);

  async function read(keys: readonly string[], signal?: AbortSignal): Promise<Entries> {
    return entriesIn(await runtime.ask(keys.flatMap(looksAt), { signal }), map, keys);
  }

  return {
    socket,
    map,
    backends: () => withDeadline(timeoutMs, undefined, (given) => unlessAborted(backends(), given)),
    read,
    async readSettled(keys, signal) {
      const endsAtMs = performance.now() + SETTLING_MS;
      for (;;) {
        const entries = await read(keys, signal);
        const isUnderWay = [...entries.values()].some((entry) => 'value' in entry && !isSettled(entry));
        if (!isUnderWay || performance.now() > endsAtMs) return entries;
        await sleep(LOOK_AGAIN_MS);
      }
    },
    async write(orders, limits) {
      const writes = [...orders].flatMap(([order, before]) => writesOf(map, order, before));
      const keys = [...orders.keys()].map(({ key }) => key);
      return entriesIn(await runtime.ask([...writes, ...keys.flatMap(looksAt)], limits), map, keys);
    },
    async splitByServers(slots) {
      return splitByServers(await runtime.ask(['show servers state']), slots);
    },
  };
}

/**
 * The split is set while the fence says that a write is under way. Whoever reads in between sees that, and the way back is
 * open for one that breaks off there: the old fence still stands.
 */
function writesOf(map: string, { key, split, fence }: Order, before: EntryState): readonly string[] {
  const entry = fenceKeyOf(key);
  const underWay = fenceUnderWay(before.fence, fence);
  return [
    before.hasFence ? `set map ${map} ${entry} ${underWay}` : `add map ${map} ${entry} ${underWay}`,
    `set map ${map} ${key} ${writeSplit(split)}`,
    `set map ${map} ${entry} ${String(fence)}`,
  ];
}

const HOST_AND_PORT = /^(?:\[([^\]]+)\]|([^:[\]/]+)):(\d{1,5})$/;

/** `/run/haproxy/admin.sock`, `127.0.0.1:9999` or `[::1]:9999`. */
function addressOf(socket: string): RuntimeAddress {
  const [, bracketed, plain, port] = HOST_AND_PORT.exec(socket) ?? [];
  const host = bracketed ?? plain;
  return host === undefined ? { path: socket } : { host, port: Number(port) };
}
