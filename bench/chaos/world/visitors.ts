import { Pool } from 'undici';
import type { ServiceSetup } from '../schedule/schedule.js';
import type { Visit } from '../timeline/facts.js';
import { pathOf, SERVED_BY, SLOTS, USER_HEADER } from './plane.js';

/** So many users come by in turn: an odd number that no rate is a multiple of. */
const USERS = 997;

/** A service whose backend hangs keeps no more than these from coming by. */
const MOST_IN_FLIGHT = 24;

/** Nobody waits longer for an answer. */
const PATIENCE_MS = 2000;

const TICK_MS = 20;

/** The users of one service, at a steady rate; each notes which backend answered, when. */
export class Visitors {
  readonly visits: Visit[] = [];
  private readonly pool: Pool;
  private readonly startedAtMs = performance.now();
  private readonly timer: NodeJS.Timeout;
  private sent = 0;
  private inFlight = 0;

  constructor(
    trafficUrl: string,
    private readonly service: ServiceSetup,
  ) {
    this.pool = new Pool(trafficUrl, {
      connections: MOST_IN_FLIGHT,
      headersTimeout: PATIENCE_MS,
      bodyTimeout: PATIENCE_MS,
    });
    this.timer = setInterval(() => {
      this.come();
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.pool.destroy();
  }

  private come(): void {
    const due = ((performance.now() - this.startedAtMs) / 1000) * this.service.requestsPerSecond;
    // Who could not come in time does not come at all: a machine that stood still must not be followed by a storm.
    if (due - this.sent > MOST_IN_FLIGHT) this.sent = Math.floor(due);
    for (; this.sent < due && this.inFlight < MOST_IN_FLIGHT; this.sent += 1) void this.visit(this.sent);
  }

  private async visit(number: number): Promise<void> {
    this.inFlight += 1;
    const sentMs = Date.now();
    try {
      const { statusCode, headers, body } = await this.pool.request({
        method: 'GET',
        path: pathOf(this.service.name),
        headers: { [USER_HEADER]: `user-${String(number % USERS)}` },
      });
      await body.dump();
      const slot = SLOTS.find((one) => one === headers[SERVED_BY]) ?? null;
      this.visits.push({ sentMs, answeredMs: Date.now(), slot, ok: statusCode < 500 });
    } catch {
      this.visits.push({ sentMs, answeredMs: Date.now(), slot: null, ok: false });
    } finally {
      this.inFlight -= 1;
    }
  }
}
