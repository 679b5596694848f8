import { ActivityCancellationType, sleep } from '@temporalio/workflow';
import type { BringBackInput, BringBackReport } from '../../activities/contracts.js';
import { parseRolloutId } from '../../domain/rollout/rollout-id.js';
import type { LineEvent } from '../../domain/stop-the-line/reduce.js';
import { scopeWords, withoutMatch } from '../../domain/stop-the-line/scope.js';
import type { LineState, LineStop, Sight } from '../../domain/stop-the-line/state.js';
import { retryUntilDone } from '../shared/retry-until-done.js';
import type { Rollout } from '../shared/rollout.js';
import { whereKnown } from '../shared/where-known.js';

/** One look lasts so long, unless nothing is left sooner: it costs a few events. */
const LOOKS_FOR_MS = 20_000;

/** Between two looks whether anything has slipped past the freeze; doubled each time, up to the longest. */
const FIRST_REST_MS = 60_000;
const LONGEST_REST_MS = 600_000;

const RETRY = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '2s' } as const;

/** A moment's trouble is tried away in silence. */
const QUIET_ATTEMPTS = 4;

/** What a stop changes, and what is done about that at once. */
export type LineRollout = Pick<Rollout<LineState, LineEvent>, 'state' | 'dispatch'>;

/** Carries one stop out, and looks after it until it is released. */
export async function carryOut(rollout: LineRollout, id: string): Promise<void> {
  const stop = stopNamed(rollout, id);
  if (stop === undefined) return;
  if (stop.inForceSinceMs === null) await new Carrying(rollout, stop).carry();
  for (
    let restMs = FIRST_REST_MS;
    stopNamed(rollout, id) !== undefined;
    restMs = Math.min(2 * restMs, LONGEST_REST_MS)
  ) {
    await sleep(restMs, { summary: `Stop ${id} holds` });
    await lookAfter(rollout, id);
  }
}

function stopNamed({ state }: LineRollout, id: string): LineStop | undefined {
  return state.stops.find((one) => one.id === id);
}

/** A worker that knows of no stops may have let somebody in. */
async function lookAfter(rollout: LineRollout, id: string): Promise<void> {
  const stop = stopNamed(rollout, id);
  if (stop === undefined) return;
  const { inFlight, told } = await look(rollout, stop, {
    services: [],
    written: [],
    told: [],
    knownLeft: [],
    frozenAtMs: 0,
  });
  if (told.length === 0) return;
  if (stop.seen !== null) rollout.dispatch({ type: 'looked', id, sight: { ...stop.seen, inFlight }, isDone: false });
  // What they have begun may have new weights: everything is written anew.
  await new Carrying(rollout, stop).carry();
}

type Asking = Omit<BringBackInput, 'lineId' | 'stopId' | 'scope' | 'reason' | 'by' | 'forMs'>;

function look(rollout: LineRollout, { id, scope, reason, by }: LineStop, asking: Asking): Promise<BringBackReport> {
  const what = `Bring back ${scopeWords(scope)}`;
  const options = {
    startToCloseTimeout: '60s',
    heartbeatTimeout: '10s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    summary: what,
  } as const;
  const input = { ...asking, lineId: rollout.state.id, stopId: id, scope, reason, by, forMs: LOOKS_FOR_MS };
  return retryUntilDone(rollout, {
    what,
    cause: 'weights',
    quietly: () => whereKnown({ ...options, retry: { ...RETRY, maximumAttempts: QUIET_ATTEMPTS } }).bringBack(input),
    forEver: () => whereKnown({ ...options, retry: RETRY }).bringBack(input),
  });
}

/** Until nothing in scope is in flight: by one worker, or by several where one does not know all services. */
class Carrying {
  /** What each worker has reported last, by the service that it was found by. */
  private readonly parts = new Map<string, BringBackReport>();
  /** Whether it is known which worker looks after which service. */
  private isShared = false;
  private frozenAtMs: number | null = null;

  constructor(
    private readonly rollout: LineRollout,
    private readonly stop: LineStop,
  ) {}

  async carry(): Promise<void> {
    const first = await this.lookFor('', undefined);
    const others: Promise<void>[] = [this.lookOn('', first)];
    for (let rest = first.elsewhere; rest[0] !== undefined;) {
      const [lead] = rest;
      const report = await this.lookFor(lead, rest);
      if (report.services.includes(lead)) others.push(this.lookOn(lead, report));
      const known = [...report.services, lead];
      rest = rest.filter((name) => !known.includes(name));
    }
    this.isShared = true;
    if (this.isForNobody()) {
      const why = `its scope stands for no configured service: ${this.stop.scope.join(', ')}`;
      this.rollout.dispatch({ type: 'unmatched', id: this.stop.id, why });
      return;
    }
    this.tell();
    await Promise.all(others);
  }

  private async lookOn(key: string, first: BringBackReport): Promise<void> {
    for (let report = first; !isDone(report);) {
      const open = [...report.left.map(({ service }) => service), ...report.inFlight.map(serviceOf)];
      const services = report.services.filter((name) => open.includes(name));
      report = await this.lookFor(key, services, report);
    }
  }

  private async lookFor(key: string, services?: readonly string[], before?: BringBackReport): Promise<BringBackReport> {
    const report = await look(this.rollout, this.stop, {
      ...(services === undefined ? {} : { services }),
      ...(this.frozenAtMs === null ? {} : { frozenAtMs: this.frozenAtMs }),
      written: before?.written ?? [],
      told: before?.told ?? [],
      knownLeft: before?.left.map(({ service }) => service) ?? [],
    });
    this.frozenAtMs ??= report.frozenAtMs;
    const whole = before === undefined ? report : { ...report, services: before.services };
    this.parts.set(key, whole);
    this.tell();
    return whole;
  }

  private isForNobody(): boolean {
    const { services, inFlight } = this.sight();
    return services === 0 && inFlight.length === 0;
  }

  private tell(): void {
    const sight = this.sight();
    const isOver = this.isShared && [...this.parts.values()].every(isDone);
    const isMeant = sight.services > 0 || sight.inFlight.length > 0;
    this.rollout.dispatch({ type: 'looked', id: this.stop.id, sight, isDone: isOver && isMeant });
  }

  private sight(): Sight {
    const parts = [...this.parts.values()];
    const services = [...new Set(parts.flatMap((part) => part.services))];
    const inFlight = [...new Set(parts.flatMap((part) => part.inFlight))];
    return {
      services: services.length,
      inFlight,
      left: parts.flatMap(({ left }) => left),
      mixed: parts.flatMap(({ mixed }) => mixed),
      unmatched: withoutMatch(this.stop.scope, [...services, ...inFlight.map(serviceOf)]),
    };
  }
}

function isDone({ inFlight, left }: BringBackReport): boolean {
  return inFlight.length === 0 && left.length === 0;
}

function serviceOf(rolloutId: string): string {
  return parseRolloutId(rolloutId).service;
}
