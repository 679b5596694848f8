import type { Schedule, ServiceAction, StartAction, Step } from '../schedule/schedule.js';
import { textOf } from '../schedule/texts.js';
import type { Slot } from '../world/plane.js';
import type { ChaosWorld } from '../world/world.js';
import { Behaving } from './behaving.js';
import { recordCommand, sendCommand } from './commanding.js';
import { Disturbing } from './disturbing.js';
import { breakGlass, moveByHand } from './moving.js';
import type { Recorder } from './recorder.js';
import { Services } from './services.js';
import { shortened } from './shortened.js';
import { Writes } from './writes.js';
import { orderOf, startByClient, startByCommandLine, startGarbage, type StartAnswer } from './starting.js';

/** How long somebody waits who wants to start right after the end. */
const WAIT_FOR_END_MS = 20_000;

/** A step that waits for its moment waits no longer than this. */
const MOMENT_MS = 10_000;

/** After a terminate a person needs a moment to see it. */
const SEEN_AFTER_MS = 300;

/** Carries a schedule out. A step that fails is a step: what came of it is in the record. */
export class Driver {
  readonly services = new Services();
  readonly behaving: Behaving;
  readonly disturbing: Disturbing;
  private readonly writes: Writes;
  private readonly underWay = new Set<Promise<void>>();
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly world: ChaosWorld,
    private readonly recorder: Recorder,
    private readonly failed: (step: Step, error: unknown) => void,
  ) {
    this.behaving = new Behaving(world, recorder);
    this.disturbing = new Disturbing(world, recorder);
    this.writes = new Writes(world);
  }

  /** Begins every step at its time. */
  begin({ steps }: Schedule): void {
    for (const step of steps) this.timers.push(setTimeout(() => this.take(step), step.atMs));
  }

  /** Begins no more steps; ends every fault; until everything that was begun has ended. */
  async end(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    await this.disturbing.lift();
    await this.behaving.allHealthy();
  }

  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }

  /** Asks for a rollout and keeps what came of it. */
  async start(action: StartAction): Promise<StartAnswer> {
    const { service } = action;
    const memory = this.services.of(service);
    if (action.rightAfterEnd) await this.ended(service);
    const isFree = memory.look === null;
    const adopt = isFree ? await this.roles(service) : null;
    if (isFree) await this.deploy(action);
    const order = orderOf(action, adopt, memory.requestIdOf(action.request));
    const fact = { service, askedMs: Date.now(), via: action.via, plan: action.plan, adopt };
    const answer =
      action.via === 'cli' ? await this.startAndWait(service, order) : await startByClient(this.world, order);
    if (answer.firstRunId !== null) memory.began(answer.firstRunId);
    const { result, firstRunId, said } = answer;
    const textBytes = Buffer.byteLength(order.requestedBy);
    this.recorder.starts.push({ ...fact, answeredMs: Date.now(), result, firstRunId, said, textBytes });
    return answer;
  }

  private take(step: Step): void {
    const work = this.act(step).catch((error: unknown) => {
      this.failed(step, error);
    });
    this.underWay.add(work);
    void work.finally(() => this.underWay.delete(work));
  }

  private async act(step: Step): Promise<void> {
    if (step.when !== undefined) await this.writes.next(step.when.writing, MOMENT_MS);
    if ('service' in step) await this.actOnService(step);
    else await this.disturbing.disturb(step);
  }

  private async actOnService(action: ServiceAction): Promise<void> {
    const { world, recorder } = this;
    const { service } = action;
    const memory = this.services.of(service);
    switch (action.do) {
      case 'start':
        await this.start(action);
        return;
      case 'garbage': {
        const askedMs = Date.now();
        const answer = await startGarbage(world, service, action.input);
        if (answer.firstRunId !== null) memory.began(answer.firstRunId);
        const said = shortened(`${answer.said} ${JSON.stringify(action.input)}`);
        recorder.starts.push({
          textBytes: 0,
          service,
          askedMs,
          answeredMs: Date.now(),
          via: 'garbage',
          adopt: null,
          ...answer,
          said,
        });
        return;
      }
      case 'command':
        await sendCommand(world, recorder, memory, action);
        return;
      case 'cancel':
      case 'terminate': {
        const handle = world.temporal.client.workflow.getHandle(`rollout/${service}`);
        const command = {
          service,
          what: action.do,
          names: 'nothing',
          stage: 'nothing',
          fields: {},
          textBytes: 0,
        } as const;
        await recordCommand(world, recorder, command, () =>
          action.do === 'cancel' ? handle.cancel() : handle.terminate('chaos'),
        );
        if (action.do === 'terminate' && action.then === 'breakGlass') {
          await new Promise((resolve) => setTimeout(resolve, SEEN_AFTER_MS));
          await breakGlass(world, recorder, service, memory.baseline);
        }
        return;
      }
      case 'moveByHand':
        await moveByHand(world, recorder, service, action.greenPercent);
        return;
      case 'behave': {
        const { candidate, baseline } = memory;
        const slots: readonly Slot[] = action.who === 'both' ? [baseline, candidate] : [memory[action.who]];
        await Promise.all(slots.map((slot) => this.behaving.set(service, slot, action.how)));
        await new Promise((resolve) => setTimeout(resolve, action.forMs));
        await Promise.all(slots.map((slot) => this.behaving.set(service, slot, { kind: 'healthy' })));
        return;
      }
    }
  }

  /** Who serves now is the baseline; where traffic is split and nobody is at work on it, who served before. */
  private async roles(service: string): Promise<Slot | null> {
    const memory = this.services.of(service);
    const green = (await this.world.readShares()).get(service);
    if (green === 0 || green === 100) {
      memory.baseline = green === 0 ? 'blue' : 'green';
      return null;
    }
    return memory.baseline;
  }

  /** A new version comes: healthy until it turns. */
  private async deploy({ service, plan: { version }, candidate: { to, afterMs } }: StartAction): Promise<void> {
    const memory = this.services.of(service);
    if (memory.turn !== null) clearTimeout(memory.turn);
    const { baseline, candidate } = memory;
    await this.behaving.set(service, baseline, { kind: 'healthy' });
    await this.behaving.set(service, candidate, { kind: 'healthy' });
    if (version !== undefined) await this.world.runVersion(service, candidate, textOf(version));
    if (to.kind === 'healthy') return;
    memory.turn = setTimeout(() => void this.behaving.set(service, candidate, to), afterMs);
    this.timers.push(memory.turn);
  }

  private async startAndWait(service: string, order: ReturnType<typeof orderOf>): Promise<StartAnswer> {
    const { candidate, baseline } = this.services.of(service);
    const words = await startByCommandLine(this.world, order);
    const { exitCode, moved, firstRunId } = words;
    const serving = !moved ? null : exitCode === 0 ? candidate : exitCode === 10 || exitCode === 11 ? baseline : null;
    const greenPercent = serving === null ? null : serving === 'green' ? 100 : 0;
    this.recorder.words.push({
      service,
      atMs: Date.now(),
      command: 'start --wait',
      firstRunId,
      exitCode,
      greenPercent,
    });
    return words;
  }

  /** Until the newest rollout has closed, for a while. */
  private async ended(service: string): Promise<void> {
    const { client } = this.world.temporal;
    await client
      .withDeadline(Date.now() + WAIT_FOR_END_MS, () => client.workflow.getHandle(`rollout/${service}`).result())
      .catch(() => undefined);
    this.services.of(service).look = null;
  }
}
