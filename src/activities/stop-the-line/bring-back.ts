import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { boundedText } from '../../domain/rollout/bounded.js';
import { lineWorkflowId } from '../../domain/stop-the-line/freeze.js';
import { covers, isPattern } from '../../domain/stop-the-line/scope.js';
import { isMixed, stepOf, type Instance, type WrittenService } from '../../domain/stop-the-line/service-step.js';
import type { Left, MixedService } from '../../domain/stop-the-line/state.js';
import { shareOf } from '../../domain/traffic/weights.js';
import type { OtherWorkers } from '../../ports/other-workers.js';
import { readPlanes, writePlanes } from '../../ports/planes.js';
import type { Ports, ServicePorts } from '../../ports/service.js';
import type { BringBackInput, BringBackReport } from '../contracts.js';
import { namesIn, rolloutsInFlight, tellToStop, type InFlight, type RolloutsInFlight } from './in-flight.js';

/** A worker that stands still for longer is given up, and another one goes on. */
const HEARTBEAT_MS = 2000;

/** What was decided so long ago is not written any more: the worker may have stood still since. */
const WRITES_WITHIN_MS = 6000;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** A moment's trouble of the data plane is tried away in silence. */
const QUIET_MS = 1500;

/** Up to so many services are asked for one by one, which is never late; of more the list is read first. */
const FEW_SERVICES = 30;

/** Clocks of a Temporal cluster may differ by so much. */
const CLOCKS_DIFFER_MS = 1000;

/**
 * Brings everything in scope back: one bulk write for each router first, then every rollout in flight is told, then it is
 * looked at again until nothing is left, or the time is over.
 */
export async function bringBack(ports: Ports, others: OtherWorkers, input: BringBackInput): Promise<BringBackReport> {
  const beats = setInterval(() => heartbeat(), HEARTBEAT_MS);
  try {
    return await new BringBack(ports, others, input).run();
  } finally {
    clearInterval(beats);
  }
}

class BringBack {
  private readonly services: readonly ServicePorts[];
  private readonly rollouts: RolloutsInFlight;
  private readonly frozenAtMs: number;
  private readonly written: Map<string, WrittenService>;
  private readonly told: Set<string>;
  private whyNot: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly ports: Ports,
    private readonly others: OtherWorkers,
    private readonly input: BringBackInput,
  ) {
    const { workflowExecution, scheduledTimestampMs } = activityInfo();
    const workflowId = workflowExecution?.workflowId ?? lineWorkflowId();
    this.rollouts = rolloutsInFlight(workflowId.slice(0, -lineWorkflowId().length));
    this.frozenAtMs = input.frozenAtMs ?? scheduledTimestampMs;
    this.told = new Set(input.told);
    this.written = new Map(input.written.map((one) => [one.service, one]));
    const known = ports.services ?? [];
    const wanted = input.services ?? known.filter((name) => covers(input.scope, name));
    this.services = wanted.filter((name) => known.includes(name)).map((name) => ports.serviceNamed(name));
  }

  async run(): Promise<BringBackReport> {
    const beganAt = performance.now();
    const { forMs, knownLeft } = this.input;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const report = await this.look();
      const isDone = report.inFlight.length === 0 && report.left.length === 0;
      const elapsedMs = performance.now() - beganAt;
      const hasNews = elapsedMs > QUIET_MS && report.left.some(({ service }) => !knownLeft.includes(service));
      if (isDone || hasNews || report.elsewhere.length > 0 || elapsedMs + pauseMs >= forMs) return report;
      await sleep(pauseMs, undefined, { signal: cancellationSignal() });
    }
  }

  private async look(): Promise<BringBackReport> {
    const listed = await this.inFlight();
    const { left, mixed, flying } = await this.settle(listed);
    const inFlight = [...flying.values()];
    await this.tell(inFlight);
    const open = new Set([...left, ...inFlight].map(({ service }) => service));
    return {
      services: this.names,
      elsewhere: await this.elsewhere(inFlight),
      inFlight: inFlight.map(({ id }) => id),
      told: [...this.told],
      left: left.map(({ service, why }) => ({ service, why: boundedText(why) })),
      written: [...this.written.values()].filter(({ service }) => open.has(service)),
      mixed,
      frozenAtMs: this.frozenAtMs,
    };
  }

  private get names(): readonly string[] {
    return this.services.map(({ service }) => service);
  }

  /** The rollouts that may move something, by service. Where the list shows none, each is asked for: a list may be late. */
  private async inFlight(): Promise<Flying> {
    const { scope } = this.input;
    const listed = scope.some(isPattern) ? byService(await this.rollouts.listed(scope)) : new Map<string, InFlight>();
    const asked = [...new Set([...this.names, ...namesIn(scope)])];
    const isEveryoneAsked = asked.length <= FEW_SERVICES || ![...listed.values()].some((one) => this.mayMove(one));
    // What is listed may have told its baseline a moment ago.
    const unsure = [...listed.values()].filter(({ baseline }) => baseline === null).map(({ service }) => service);
    const described = byService(await this.rollouts.described(isEveryoneAsked ? asked : unsure));
    const known = isEveryoneAsked ? [...listed].filter(([service]) => !asked.includes(service)) : [...listed];
    return new Map([...known, ...described].filter(([, one]) => this.mayMove(one)));
  }

  /**
   * What has begun since starts are refused moves nothing, unless it was let in by a worker that knows of no stops. An undo
   * that is to be at once is nobody to stop.
   */
  private mayMove({ startedAtMs, baseline, isUndoAtOnce }: InFlight): boolean {
    return !isUndoAtOnce && (baseline !== null || startedAtMs < this.frozenAtMs + CLOCKS_DIFFER_MS);
  }

  /** Writes what has to be written, and reads it back. */
  private async settle(listed: Flying) {
    const before = await readPlanes(this.services);
    const flying = await this.confirmed(listed, before);
    const writes = this.stepsOf(before, flying).flatMap(([service, step]) =>
      step.kind === 'write' ? [{ service, ...step.write }] : [],
    );
    for (const write of writes) this.written.set(write.service, write);
    if (writes.length > 0)
      this.whyNot = await writePlanes(this.services, writes, { notAfterMs: Date.now() + WRITES_WITHIN_MS });
    const after = writes.length > 0 ? await readPlanes(this.services) : before;
    const left = this.stepsOf(after, flying).flatMap(([service, step]): Left[] => {
      if (step.kind === 'done') return [];
      const why = step.kind === 'left' ? step.why : 'it does not do what was written';
      return [{ service, why: this.whyNot.get(service) ?? why }];
    });
    return { left, mixed: mixedOf(after, flying), flying };
  }

  /**
   * A list may be late: where traffic is split without a rollout one may have begun, and one that has all traffic on its
   * candidate may have ended, after which there may be no way back. Those are asked for one by one.
   */
  private async confirmed(listed: Flying, planes: Planes): Promise<Flying> {
    const whole = [...listed.values()].filter(({ service, baseline }) => hasLeft(planes.get(service) ?? [], baseline));
    const unsure = [...mixedOf(planes, listed), ...whole].map(({ service }) => service);
    const described = await this.rollouts.described(unsure);
    const sure = [...listed.values()].filter(({ service }) => !unsure.includes(service));
    return byService([...sure, ...described.filter((one) => this.mayMove(one))]);
  }

  private stepsOf(planes: Planes, flying: Flying) {
    return this.services.map(({ service, route }) => {
      const step = stepOf({
        instances: planes.get(service) ?? [],
        slots: Object.keys(route.targets),
        inFlight: flying.get(service) ?? null,
        written: this.written.get(service) ?? null,
      });
      return [service, step] as const;
    });
  }

  private async tell(inFlight: readonly InFlight[]): Promise<void> {
    const { stopId, lineId, reason, by } = this.input;
    const untold = inFlight.filter(({ id }) => !this.told.has(id));
    if (untold.length === 0) return;
    await tellToStop(untold, {
      reason: reason === null ? `stop-the-line ${stopId}` : `stop-the-line ${stopId}: ${reason}`,
      by: by ?? 'stop-the-line',
      commandId: `${lineId}/${stopId}`,
    });
    for (const { id } of untold) this.told.add(id);
  }

  /** Services in scope that this worker does not know: named in the scope, in flight, or known to another one. */
  private async elsewhere(inFlight: readonly InFlight[]): Promise<readonly string[]> {
    if (this.input.services !== undefined) return [];
    const { scope } = this.input;
    const known = new Set(this.ports.services ?? []);
    const named = [...namesIn(scope), ...inFlight.map(({ service }) => service), ...(await this.others.services())];
    return [...new Set(named)].filter((name) => !known.has(name) && covers(scope, name));
  }
}

type Flying = ReadonlyMap<string, InFlight>;
type Planes = ReadonlyMap<string, readonly Instance[]>;

function byService(rollouts: readonly InFlight[]): Flying {
  return new Map(rollouts.map((one) => [one.service, one]));
}

/** Where traffic is split, and no rollout is in flight. */
function mixedOf(planes: Planes, flying: Flying): readonly MixedService[] {
  return [...planes].flatMap(([service, instances]) => {
    const [first] = instances.filter((one) => 'weights' in one);
    const inFlight = flying.get(service) ?? null;
    return first !== undefined && isMixed({ instances, inFlight }) ? [{ service, weights: first.weights }] : [];
  });
}

/** Whether an instance sends nobody to the baseline any more. */
function hasLeft(instances: readonly Instance[], baseline: string | null): boolean {
  return baseline !== null && instances.some((one) => 'weights' in one && shareOf(one.weights, baseline) === 0);
}
