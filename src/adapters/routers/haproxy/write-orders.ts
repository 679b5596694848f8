import type { Entries } from './answers.js';
import { hasToBeWritten, isOurs, whyNotDone, type EntryState, type Order } from './entry-state.js';
import type { HaproxyInstance } from './instance.js';
import { HaproxyRefusal, noBackend, notASplit } from './refusal.js';
import type { AskLimits } from './runtime-socket.js';
import { backendsOf } from './split.js';

/** What became of orders at an instance: `null` where it does as told, else why not. */
export type Outcomes = ReadonlyMap<Order, unknown>;

/** Why orders would not be written as it is now, without writing; `null` where they would, or are in force. Never throws. */
export async function look(
  instance: HaproxyInstance,
  orders: readonly Order[],
  { signal }: AskLimits = {},
): Promise<Outcomes> {
  if (orders.length === 0) return new Map();
  try {
    const entries = await instance.readSettled([...new Set(orders.map(({ key }) => key))], signal);
    const backends = await knownBackends(instance, orders, entries);
    return new Map(
      orders.map((order) => {
        const decided = decide(instance, order, entries, backends);
        return [order, decided !== null && 'value' in decided ? null : decided];
      }),
    );
  } catch (error) {
    return new Map(orders.map((order) => [order, error]));
  }
}

/** Reads, decides by what is borne there, writes and reads back. Never throws. */
export async function tell(
  instance: HaproxyInstance,
  orders: readonly Order[],
  limits: AskLimits = {},
): Promise<Outcomes> {
  const outcomes = new Map<Order, unknown>();
  for (const round of roundsOf(orders)) {
    // Whoever writes on a condition has to know what is whole; an undo does not wait for others.
    const mayWait = round.some(({ onlyIfFence }) => onlyIfFence !== undefined);
    for (const [order, outcome] of await tellOnce(instance, round, mayWait, limits)) outcomes.set(order, outcome);
  }
  return outcomes;
}

async function tellOnce(
  instance: HaproxyInstance,
  orders: readonly Order[],
  mayWait: boolean,
  limits: AskLimits,
): Promise<Outcomes> {
  const outcomes = new Map<Order, unknown>();
  const writes = new Map<Order, EntryState>();
  try {
    const keys = orders.map(({ key }) => key);
    const before = await (mayWait ? instance.readSettled(keys, limits.signal) : instance.read(keys, limits.signal));
    const backends = await knownBackends(instance, orders, before);
    for (const order of orders) {
      const decided = decide(instance, order, before, backends);
      if (decided !== null && 'value' in decided) writes.set(order, decided);
      else outcomes.set(order, decided);
    }
    if (writes.size === 0) return outcomes;
    const after = await instance.write(writes, limits);
    for (const order of writes.keys()) outcomes.set(order, whyNotIn(after, order));
  } catch (error) {
    for (const order of orders) if (!outcomes.has(order)) outcomes.set(order, error);
  }
  return outcomes;
}

/** What it has to be written over; `null` when nothing is left to do; else why it cannot be written. */
function decide(
  { map }: HaproxyInstance,
  order: Order,
  entries: Entries,
  backends: readonly string[] | null,
): EntryState | Error | null {
  const state = entries.get(order.key) ?? null;
  if (state === null || state instanceof HaproxyRefusal) return state;
  if (!isOurs(state)) return notASplit(map, order.key, state.value);
  const missing = backends === null ? [] : backendsOf(order.split).filter((backend) => !backends.includes(backend));
  if (missing.length > 0) return noBackend(missing, backends ?? []);
  try {
    return hasToBeWritten(order, state) ? state : null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** `null` where it need not be asked: what has users now is there. */
async function knownBackends(
  instance: HaproxyInstance,
  orders: readonly Order[],
  entries: Entries,
): Promise<readonly string[] | null> {
  const areKnown = orders.every(({ key, split }) => {
    const state = entries.get(key);
    if (state === undefined || state instanceof HaproxyRefusal || state.split === null) return false;
    const { first, rest } = state.split;
    return backendsOf(split).every((backend) => backend === first || backend === rest);
  });
  return areKnown ? null : instance.backends();
}

function whyNotIn(entries: Entries, order: Order): Error | null {
  const state = entries.get(order.key);
  if (state === undefined) return new Error('it did not answer for all that it was told');
  return state instanceof HaproxyRefusal ? state : whyNotDone(order, state);
}

/** Several orders for one service are carried out one after the other. */
function roundsOf(orders: readonly Order[]): readonly (readonly Order[])[] {
  const rounds: Order[][] = [];
  for (const order of orders) {
    const round = rounds.find((others) => others.every(({ key }) => key !== order.key));
    if (round === undefined) rounds.push([order]);
    else round.push(order);
  }
  return rounds;
}
