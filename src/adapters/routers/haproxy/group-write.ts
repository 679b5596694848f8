import { setTimeout as sleep } from 'node:timers/promises';
import { fateOfWrite } from '../../../domain/traffic/fence.js';
import type { WriteLimits } from '../../../ports/traffic-router.js';
import { LockHeldError, type HeldLock } from '../../files/file-lock.js';
import { SharedFile } from '../../files/shared-file.js';
import type { SharedLock } from '../../files/shared-lock.js';
import { describeFailure } from '../../http/json-client.js';
import { NotKept, StaleInstance, type Failure } from '../write-failures.js';
import { OvertakenError, type Order } from './entry-state.js';
import type { HaproxyInstance } from './instance.js';
import { entryIn, isKept, whyNotOurs, withOrder, type FileEntry } from './map-file.js';
import { HaproxyRefusal } from './refusal.js';
import type { AskLimits } from './runtime-socket.js';
import { sameSplit } from './split.js';
import { look, tell } from './write-orders.js';
import type { Turns } from './turns.js';

/** The instances that have their map from one file; one instance, and a lock of this machine, where it cannot be reached. */
export interface FileGroup {
  readonly keptIn: SharedFile<string> | SharedLock;
  readonly instances: readonly HaproxyInstance[];
  readonly turns: Turns;
  readonly timeoutMs: number;
}

/** Without a file the lock is held for some conversations only; an undo waits no longer for one who holds it. */
const LONGEST_WAIT_OF_UNDO_MS = 200;

/**
 * Orders on their way to the instances of a group and into its file.
 *
 * - One without a condition is told at once: neither a slow disk nor a lock whose holder died may keep users on a bad
 *   candidate. Two that are told at once could each find the fence of before; so each looks again under the lock, and the
 *   file tells it what was decided later.
 * - One with a condition is compared, told and written with the lock held, so that of many with the same condition one is.
 * - Without a file nothing remembers what was decided later, so both are told under a lock of this machine. Only an undo
 *   that waits too long for it is told at once, and once more under the lock.
 */
export class GroupWrite {
  /** By instance: `null` where it does as told, or would by what is borne there, else why not. */
  private readonly outcomes = new Map<HaproxyInstance, Map<Order, unknown>>();
  /** Why the file does not have an order. */
  private readonly lost = new Map<Order, unknown>();
  private isUnderLock = false;

  constructor(
    private readonly group: FileGroup,
    private readonly orders: readonly Order[],
    private readonly limits: WriteLimits,
  ) {}

  /** By order, the instances that do not do it, or would forget it. */
  async run(): Promise<ReadonlyMap<Order, readonly Failure[]>> {
    const { keptIn, instances } = this.group;
    if (keptIn instanceof SharedFile) await this.tellAndKeep(keptIn);
    else await Promise.all(instances.map((instance) => this.tellWithoutFile(instance, keptIn)));
    return new Map(this.orders.map((order) => [order, this.failuresOf(order)]));
  }

  private async tellWithoutFile(instance: HaproxyInstance, lock: SharedLock): Promise<void> {
    this.outcomes.set(instance, new Map());
    const underLock = lock.hold(this.group.timeoutMs, (held) =>
      this.tellAgain(instance, this.orders, admitting(held, lock.path)),
    );
    const ended = underLock.catch((error: unknown) => this.withoutLock(instance, this.orders, error));
    // Whoever holds the lock may write over what is told meanwhile, so it is looked at again under the lock as well.
    const urgent = this.orders.filter(isUrgent);
    if (urgent.length > 0 && (await isLate(ended, LONGEST_WAIT_OF_UNDO_MS))) await this.tellAgain(instance, urgent, {});
    await ended;
  }

  private async tellAndKeep(file: SharedFile<string>): Promise<void> {
    await this.atEach(async (instance) => {
      const seen = look(instance, this.orders.filter(isConditional), this.limits);
      const told = tell(instance, this.orders.filter(isAtOnce), this.limits);
      this.outcomes.set(instance, new Map([...(await seen), ...(await told)]));
    });
    const wanted = this.orders.filter((order) => this.isWanted(order));
    if (wanted.length === 0) return;
    try {
      if (wanted.every(isAtOnce) && (await isKept(file.path, wanted))) return;
      const { kept } = await file.edit(
        {
          prepare: (text, lock) => this.tellUnderLock(file.path, text, lock),
          apply: (text) => this.withOrders(file.path, text),
        },
        { notAfterMs: this.limits.notAfterMs },
      );
      const lost = await kept;
      if (lost !== null) throw lost;
    } catch (error) {
      for (const order of wanted) this.lost.set(order, error);
      const conditional = wanted.filter(isConditional);
      if (!this.isUnderLock) await this.atEach((instance) => this.withoutLock(instance, conditional, error));
    }
  }

  private async tellUnderLock(path: string, text: string, lock: HeldLock): Promise<void> {
    this.isUnderLock = true;
    const isOverruled = ({ key, fence }: Order): boolean => entryIn(text, key).fence > fence;
    const orders = this.orders.filter((order) => !isOverruled(order));
    await this.atEach(async (instance) => {
      await this.tellAgain(instance, orders, admitting(lock, `${path}.lock`));
      for (const order of this.orders.filter(isOverruled))
        await this.overrule(instance, order, entryIn(text, order.key));
    });
  }

  /** Orders that are in force, or would be admitted, or met another one on their way. */
  private async tellAgain(instance: HaproxyInstance, orders: readonly Order[], limits: AskLimits): Promise<void> {
    const open = orders.filter((order) => isOpen(this.outcomeOf(instance, order)));
    const things = open.map(({ key }) => `${instance.socket} ${key}`);
    const told = await this.group.turns.take(things, () => tell(instance, open, { ...this.limits, ...limits }));
    for (const [order, outcome] of told) this.outcomes.get(instance)?.set(order, outcome);
  }

  /** The file bears what was decided later: where this was told before, that comes back. */
  private async overrule(instance: HaproxyInstance, order: Order, { split, fence }: FileEntry): Promise<void> {
    if (!isOpen(this.outcomeOf(instance, order))) return;
    this.outcomes.get(instance)?.set(order, new StaleInstance(fence));
    if (isConditional(order) || split === null) return;
    const [failure] = (await tell(instance, [{ key: order.key, split, fence }], this.limits)).values();
    if (failure === null && sameSplit(split, order.split)) this.outcomes.get(instance)?.set(order, null);
    if (failure !== null && !(failure instanceof StaleInstance)) this.outcomes.get(instance)?.set(order, failure);
  }

  /** Where nobody can have the lock, what is asked for is still told; one that somebody holds is waited for, but by an undo. */
  private async withoutLock(instance: HaproxyInstance, orders: readonly Order[], error: unknown): Promise<void> {
    const isHeld = error instanceof LockHeldError;
    await this.tellAgain(
      instance,
      orders.filter((order) => !isHeld || isUrgent(order)),
      {},
    );
    for (const order of orders.filter((one) => isHeld && !isUrgent(one)))
      if (isOpen(this.outcomeOf(instance, order))) this.outcomes.get(instance)?.set(order, error);
  }

  private withOrders(path: string, text: string): string {
    this.lost.clear();
    let edited = text;
    for (const order of this.orders.filter((one) => this.isWanted(one))) {
      const trouble = whyNotOurs(path, edited, order.key);
      if (trouble !== null) this.lost.set(order, trouble);
      else if (this.isForFile(order, entryIn(edited, order.key))) edited = withOrder(edited, order);
    }
    return edited;
  }

  private isWanted(order: Order): boolean {
    const outcomes = this.group.instances.map((instance) => this.outcomeOf(instance, order));
    return outcomes.some(isOpen) || (isAtOnce(order) && outcomes.every((outcome) => !isAnAnswer(outcome)));
  }

  /**
   * Where no instance can be asked, the file is what they begin with when they are started again: it decides by itself. Only
   * an undo is written there: of a share that no instance has, the file would have its fence without its weights.
   */
  private isForFile(order: Order, { split, fence }: FileEntry): boolean {
    if (fence > order.fence) return false;
    if (this.group.instances.some((instance) => this.outcomeOf(instance, order) === null)) return true;
    return fateOfWrite(order, fence, split !== null && sameSplit(split, order.split)) === 'apply';
  }

  private failuresOf(order: Order): readonly Failure[] {
    return this.group.instances.flatMap((instance): Failure[] => {
      const outcome = this.outcomeOf(instance, order);
      if (outcome !== null) return [{ instance: instance.socket, error: outcome }];
      if (!this.lost.has(order)) return [];
      const reason = `${this.group.keptIn.path}: ${describeFailure(this.lost.get(order))}`;
      return [{ instance: instance.socket, error: new NotKept(reason) }];
    });
  }

  private outcomeOf(instance: HaproxyInstance, order: Order): unknown {
    return this.outcomes.get(instance)?.get(order) ?? null;
  }

  private async atEach(work: (instance: HaproxyInstance) => Promise<void>): Promise<void> {
    await Promise.all(this.group.instances.map(work));
  }
}

async function isLate(work: Promise<void>, afterMs: number): Promise<boolean> {
  const over = new AbortController();
  const late = sleep(afterMs, true, { signal: over.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => false), late]);
  } finally {
    over.abort();
  }
}

function isConditional({ onlyIfFence }: Order): boolean {
  return onlyIfFence !== undefined;
}

function isAtOnce(order: Order): boolean {
  return !isConditional(order);
}

function isUrgent({ urgent }: Order): boolean {
  return urgent === true;
}

function isOpen(outcome: unknown): boolean {
  return outcome === null || outcome instanceof OvertakenError;
}

/** Whether the instance could be asked. */
function isAnAnswer(outcome: unknown): boolean {
  return outcome === null || [OvertakenError, StaleInstance, HaproxyRefusal].some((one) => outcome instanceof one);
}

function admitting(lock: HeldLock, path: string): AskLimits {
  return {
    admit: () => {
      if (!lock.isOurs()) throw new Error(`${path} was taken over by somebody else`);
    },
  };
}
