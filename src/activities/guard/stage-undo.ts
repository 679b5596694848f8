import { setTimeout as sleep } from 'node:timers/promises';
import { guardFenceOf } from '../../domain/traffic/fence.js';
import { allToBaseline, sameWeights, type Weights } from '../../domain/traffic/weights.js';
import type { ServicePorts } from '../../ports/service.js';
import type { WatchEnd, WatchInput } from '../contracts.js';
import type { Priority } from '../priority.js';
import type { StageWatch } from '../watch/stage-watch.js';
import type { GuardUndos } from './guard-undos.js';
import { splitBetween } from '../../domain/traffic/weights.js';

type Breach = Extract<WatchEnd, { kind: 'breach' }>;

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;

/** How the instances of a data plane stand to an undo. */
interface Standing {
  /** Whether an instance serves the stage under its own fence: there the undo is this guard's to make. */
  readonly hasOwn: boolean;
  /** Whether an instance cannot be read, which may serve the stage as well. */
  readonly hasUnknown: boolean;
  readonly isUndone: boolean;
}

/**
 * The guard's own undo: all traffic back to the baseline, before anybody is told, and also while Temporal is away.
 *
 * It is begun where an instance serves this very stage, and reaches all that bear a fence of it: what bears another one was
 * decided by somebody else since, and stays. Where no instance serves the stage, other weights under its fence are drift,
 * about which the workflow decides; beside one that does they go back to the baseline with it, which is the safe way.
 */
export class StageUndo {
  private readonly fence: number;
  private readonly undone: Weights;
  private begun = false;

  constructor(
    private readonly service: ServicePorts,
    private readonly input: WatchInput,
    private readonly watch: StageWatch,
    private readonly undos: GuardUndos,
    private readonly trafficFirst: Priority,
  ) {
    this.fence = guardFenceOf(Math.max(...input.fences));
    this.undone = allToBaseline(input.roles);
  }

  /** The breach as it is told: with the undo, where it was made. */
  async act(breach: Breach, signal: AbortSignal): Promise<Breach> {
    const { plan, known, rolloutId } = this.input;
    const isOwn = !breach.shared && plan.autoRollback !== false && known.breach !== true;
    if (!isOwn || breach.undoneAtMs !== undefined || signal.aborted) {
      this.watch.note(breach);
      return breach;
    }
    const { reason, evidence } = breach;
    // Before it is made: whoever meets its fence asks why.
    this.undos.remember(rolloutId, this.fence, { reason, evidence, undoneAtMs: Date.now() });
    const standing = await this.trafficFirst.first(() => this.tryOnce());
    this.begun = standing.hasOwn || standing.hasUnknown;
    if (!standing.isUndone) {
      this.watch.note(breach);
      return breach;
    }
    const acted: Breach = { ...breach, undoneAtMs: Date.now() };
    this.undos.remember(rolloutId, this.fence, { reason, evidence, undoneAtMs: acted.undoneAtMs ?? 0 });
    this.watch.note(acted, this.fence);
    return acted;
  }

  /** Tries on where an instance could not be told, until nothing is left to do. */
  async finish(signal: AbortSignal): Promise<void> {
    const isReleased = (): boolean => signal.aborted;
    let pauseMs = FIRST_PAUSE_MS;
    while (this.begun && !isReleased()) {
      const { hasOwn, hasUnknown } = await this.tryOnce();
      if (!hasOwn && !hasUnknown) return;
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  /** A router that refuses, whatever for, is told again, and the rollout's own undo will say what is wrong with it. */
  private async tryOnce(): Promise<Standing> {
    const before = await this.standing();
    if (!before.hasOwn) return before;
    const { router, route } = this.service;
    const options = { fence: this.fence, onlyIfFence: this.input.fences };
    await router.setWeights(route, this.undone, options).catch(() => undefined);
    return this.standing();
  }

  private async standing(): Promise<Standing> {
    const { router, route } = this.service;
    const instances = await router.readWeights(route).catch(() => null);
    if (instances === null) return { hasOwn: false, hasUnknown: true, isUndone: false };
    return {
      hasOwn: instances.some((one) => 'weights' in one && this.isOwn(one)),
      hasUnknown: instances.some((one) => 'unreachable' in one),
      isUndone: instances.some((one) => 'weights' in one && one.fence === this.fence),
    };
  }

  private isOwn({ weights, fence }: { readonly weights: Weights; readonly fence: number }): boolean {
    const ofStage = stageWeights(this.input);
    return this.input.fences.includes(fence) && ofStage.some((own) => sameWeights(own, weights));
  }
}

/** The weights that instances may have while a stage is guarded: its own, and those of before while they are on their way. */
function stageWeights({ roles, sharePercent, comesFromPercent }: WatchInput): readonly Weights[] {
  const own = splitBetween(roles, sharePercent);
  return comesFromPercent === undefined ? [own] : [own, splitBetween(roles, comesFromPercent)];
}
