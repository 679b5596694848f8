import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Sampled, TrafficSample } from '../../src/domain/analysis/sample.js';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import { splitBetween } from '../../src/domain/traffic/weights.js';
import type { MetricSource, SampleQuery } from '../../src/ports/metric-source.js';
import { untilMoment } from '../helpers/until.js';
import { startBackends, type Slot, type TestBackend } from './support/backends.js';
import type { DataPlane, DataPlaneSetup } from './support/data-plane.js';
import { eventually, until } from './support/eventually.js';
import type { RelayMode } from './support/relay.js';
import { setPatiently } from './support/set-patiently.js';
import { createUsers, type Users, type VisitOptions } from './support/users.js';

/** A real source over a real data plane. */
export interface MeasuredDataPlane extends DataPlane {
  readonly metrics: MetricSource;
  /** The shortest step that can be asked for, e.g. the scrape interval. */
  readonly finestStepMs: number;
  /** How long after it ended a request is in the counts at the latest. */
  readonly visibleWithinMs: number;
  /** Takes the source away from the adapter, or gives it back. */
  sourceControl(mode: RelayMode): void;
  /** It tells requests that nobody answered from others. @default false */
  readonly countsUnanswered?: boolean;
  /** A query whose answer is known, for a source that has a query language. */
  readonly knownScalar?: { readonly query: string; readonly value: number };
}

export interface MetricSourceHarness {
  start(setup: DataPlaneSetup): Promise<MeasuredDataPlane>;
}

const ROLES = { baseline: 'blue', candidate: 'green' };
const INSTANCES = 2;

/** Until a backend that was down is used again. */
const RETURN_MS = 60_000;

const STEP_MS = 20;

/** What every metric source must do. */
export function describeMetricSource(name: string, harness: MetricSourceHarness): void {
  describe(`metric source: ${name}`, () => {
    const startedAtMs = Date.now();
    let backends: Readonly<Record<Slot, TestBackend>>;
    let plane: MeasuredDataPlane;
    let users: Users;

    beforeAll(async () => {
      backends = await startBackends();
      plane = await harness.start({
        backends: { blue: backends.blue.url, green: backends.green.url },
        instances: INSTANCES,
      });
      users = createUsers(plane);
    });

    afterAll(async () => {
      await users.close();
      await plane.stop();
      await Promise.all([backends.blue.stop(), backends.green.stop()]);
    });

    beforeEach(() => plane.sourceControl('open'));

    const queryOf = (slot: Slot, range: Omit<SampleQuery, 'service' | 'backend' | 'target'>): SampleQuery => ({
      service: plane.route.service,
      backend: slot,
      target: plane.route.targets[slot] ?? '',
      ...range,
    });

    /** A source that answers too late, on a busy machine, is asked again, as a watch asks again. */
    const ask = (query: SampleQuery): Promise<readonly Sampled[]> =>
      eventually('the source to answer', () => plane.metrics.samples(query).catch(unlessAway));

    /** One sample of a range, as soon as the source can tell. */
    const sampleOf = (slot: Slot, fromMs: number, toMs: number): Promise<TrafficSample> =>
      eventually(`a sample of ${slot}`, async () => {
        const [sample] = await ask(queryOf(slot, { fromMs, toMs, stepMs: toMs - fromMs }));
        return sample === 'no-data' ? undefined : sample;
      });

    /** What was counted since then, as soon as the source can tell and `isEnough`, and until when: however late that is. */
    const countedSince = (
      slot: Slot,
      fromMs: number,
      isEnough: (sample: TrafficSample) => boolean = () => true,
    ): Promise<{ readonly sample: TrafficSample; readonly toMs: number }> =>
      eventually(`the counts of ${slot}`, async () => {
        const toMs = Date.now();
        if (toMs < fromMs + plane.finestStepMs) return undefined;
        for (let passedMs = 0; passedMs < 2 * plane.visibleWithinMs; passedMs += STEP_MS) {
          const [sample = 'no-data'] = await ask(queryOf(slot, { fromMs, toMs, stepMs: toMs - fromMs }));
          if (sample !== 'no-data') return isEnough(sample) ? { sample, toMs } : undefined;
          await sleep(STEP_MS);
        }
        // While the machine stood still nobody looked, and never will.
        return undefined;
      });

    const allTo = async (slot: Slot): Promise<void> => {
      await setPatiently(plane, splitBetween(ROLES, slot === 'green' ? 100 : 0));
    };

    /**
     * Sends what comes next to one slot. Answers a moment after which no request has come in, and which the source has
     * behind it: a look that began before the moment and ends after it would count requests as older than they are.
     */
    const quietSince = async (slot: Slot): Promise<number> => {
      await allTo(slot);
      await settled(plane);
      const fromMs = Date.now();
      await countedSince(slot, fromMs);
      return fromMs;
    };

    /** Sends requests to one slot, through every instance in turn; answers the range that holds them all. */
    const traffic = async (slot: Slot, visits: readonly Omit<VisitOptions, 'user'>[]): Promise<Range> => {
      const fromMs = await quietSince(slot);
      const answers = await users.visitAll(
        visits.map((visit, index) => ({ ...visit, user: `user-${String(index)}`, instance: index % INSTANCES })),
        8,
      );
      const { toMs } = await countedSince(slot, fromMs, ({ requests }) => requests >= visits.length);
      return { fromMs, toMs, latenciesMs: answers.map(({ latencyMs }) => latencyMs) };
    };

    test('the same traffic gives the same counts, errors among them, per backend [M-01]', async () => {
      const good = Array.from({ length: 60 }, () => ({ path: '/' }));
      const bad = Array.from({ length: 12 }, () => ({ path: '/?status=503' }));
      const notFound = Array.from({ length: 8 }, () => ({ path: '/?status=404' }));
      const { fromMs, toMs } = await traffic('green', [...good, ...bad, ...notFound]);
      expect(await sampleOf('green', fromMs, toMs)).toMatchObject({ requests: 80, errors: 12 });
      expect(await sampleOf('blue', fromMs, toMs)).toMatchObject({ requests: 0, errors: 0 });
    });

    test('a backend that is gone counts as errors, not as silence', async () => {
      const { green } = backends;
      await green.stop();
      const { fromMs, toMs } = await traffic(
        'green',
        Array.from({ length: 10 }, () => ({ path: '/' })),
      );
      const sample = await sampleOf('green', fromMs, toMs);
      expect(sample).toMatchObject({ requests: 10, errors: 10 });
      await green.restart();
      // A data plane that looks after its backends takes a while to believe in one again.
      await until(
        'the data plane to send requests to it again',
        async () => {
          const visits = await users.visitAll(
            Array.from({ length: INSTANCES }, (_, instance) => ({ user: 'first', instance })),
          );
          return visits.every(({ status }) => status === 200);
        },
        RETURN_MS,
      );
    });

    test('a request that nobody answered is neither success nor error, and has no latency [W10]', async ({ skip }) => {
      if (plane.countsUnanswered !== true) skip('it does not tell them apart');
      const fromMs = await quietSince('green');
      const asked = [
        ...Array.from({ length: 6 }, () => ({ method: 'GET' as const, path: '/?delayMs=60000' })),
        ...Array.from({ length: 2 }, () => ({ method: 'HEAD' as const, path: '/?delayMs=60000' })),
      ];
      await Promise.all(
        asked.map(async ({ method, path }, index) => {
          const url = `${plane.trafficUrls[index % INSTANCES] ?? ''}${path}`;
          // Users who give up.
          const signal = AbortSignal.timeout(300);
          await expect(request(url, { method, signal, headers: plane.identify('patient') })).rejects.toThrow();
        }),
      );
      await users.visitAll([{ user: 'a' }, { user: 'b' }]);
      const isAll = ({ requests, unanswered = 0 }: TrafficSample): boolean => requests >= 10 && unanswered >= 8;
      const { sample } = await countedSince('green', fromMs, isAll);
      expect(sample).toMatchObject({ requests: 10, errors: 0, unanswered: 8 });
      if (plane.metrics.countsLatencies !== false)
        expect(sample.latencyHistogram?.at(-1)?.count ?? 0).toBeLessThanOrEqual(2);
    });

    test('a range in the past sums to the same, however it is cut', async () => {
      const { whole, cut } = await eventually('a range in which the source has always looked', async () => {
        const { fromMs, toMs } = await traffic(
          'green',
          Array.from({ length: 50 }, (_, index) => ({ path: `/?delayMs=${String(index)}` })),
        );
        const cut: (readonly Sampled[])[] = [];
        for (const parts of [1, 2, 3, 7]) {
          const stepMs = Math.max(plane.finestStepMs, Math.ceil((toMs - fromMs) / parts));
          const samples = await ask(queryOf('green', { fromMs, toMs, stepMs }));
          expect(samples).toHaveLength(Math.ceil((toMs - fromMs) / stepMs));
          // What is left over at the end may be too short for the source to have looked.
          const restMs = (toMs - fromMs) % stepMs;
          const rest = restMs > 0 && restMs < plane.finestStepMs && samples.at(-1) === 'no-data';
          cut.push(rest ? samples.slice(0, -1) : samples);
        }
        return cut.flat().includes('no-data') ? undefined : { whole: await sampleOf('green', fromMs, toMs), cut };
      });
      expect(whole.requests).toBe(50);
      for (const samples of cut) expect(sumOf(samples)).toEqual({ requests: whole.requests, errors: whole.errors });
    });

    test('asking on while traffic flows loses no request between two questions and counts none twice', async () => {
      let fromMs = await quietSince('green');
      const stop = new AbortController();
      let sent = 0;
      const flowing = (async () => {
        while (!stop.signal.aborted) {
          await users.visit({
            user: 'steady',
            instance: sent % INSTANCES,
            path: sent % 5 === 0 ? '/?status=500' : '/',
          });
          sent += 1;
        }
      })();

      let total = { requests: 0, errors: 0 };
      const advance = async (): Promise<void> => {
        const { sample, toMs } = await countedSince('green', fromMs);
        total = { requests: total.requests + sample.requests, errors: total.errors + sample.errors };
        fromMs = toMs;
      };
      for (let question = 0; question < 6; question += 1) {
        await untilMoment('time to ask again', fromMs + plane.finestStepMs + 17 * question);
        await advance();
      }
      stop.abort();
      await flowing;
      await until('all of them to be counted', async () => {
        await advance();
        return total.requests >= sent;
      });
      expect(total).toEqual({ requests: sent, errors: Math.ceil(sent / 5) });
    });

    test('time before the source remembers, and time that has yet to come, is no data [C-14]', async () => {
      const stepMs = Math.max(plane.finestStepMs, 1000);
      const long = startedAtMs - 100 * stepMs;
      expect(await ask(queryOf('green', { fromMs: long, toMs: long + 2 * stepMs, stepMs }))).toEqual([
        'no-data',
        'no-data',
      ]);
      const future = Date.now() + 10 * stepMs;
      expect(await ask(queryOf('green', { fromMs: future, toMs: future + stepMs, stepMs }))).toEqual(['no-data']);
    });

    test('no traffic is zeros, which is something else than no data [M-01]', async () => {
      await allTo('blue');
      await settled(plane);
      const { sample } = await countedSince('green', Date.now());
      expect(sample).toMatchObject({ requests: 0, errors: 0 });
    });

    test.each([0.5, 0.9, 0.95])('the latency quantile %d is within a bucket of the truth [M-01]', async (quantile) => {
      const slow = Array.from({ length: 8 }, () => ({ path: '/?delayMs=180' }));
      const fast = Array.from({ length: 72 }, (_, index) => ({ path: `/?delayMs=${String(20 + (index % 10))}` }));
      const { fromMs, toMs, latenciesMs } = await traffic('green', [...slow, ...fast]);
      if (plane.metrics.countsLatencies === false) {
        expect((await sampleOf('green', fromMs, toMs)).latencyHistogram ?? []).toEqual([]);
        return;
      }
      // They may be counted a moment later than their requests.
      const isTimed = ({ latencyHistogram: seen = [] }: TrafficSample): boolean => (seen.at(-1)?.count ?? 0) >= 80;
      const { latencyHistogram = [] } = (await countedSince('green', fromMs, isTimed)).sample;
      expect(latencyHistogram.at(-1)).toEqual({ leMs: null, count: 80 });
      const counts = latencyHistogram.map(({ count }) => count);
      expect([...counts].sort((a, b) => a - b)).toEqual(counts);
      const bucketOf = (values: readonly number[]): number => {
        const truthMs = [...values].sort((a, b) => a - b)[Math.ceil(quantile * 80) - 1] ?? 0;
        return latencyHistogram.findIndex(({ leMs }) => leMs === null || truthMs <= leMs);
      };
      const told = latencyHistogram.findIndex(({ count }) => count >= quantile * 80);
      // The data plane stands between the two: it sees what the backend took, and less than what the client waited.
      const backendMs = [...slow, ...fast].map(({ path }) =>
        Number(new URL(path, 'http://backend').searchParams.get('delayMs')),
      );
      expect(told).toBeGreaterThanOrEqual(bucketOf(backendMs) - 1);
      expect(told).toBeLessThanOrEqual(bucketOf(latenciesMs) + 1);
    });

    test.each(['refusing', 'silent'] as const)(
      'a %s source is an error, never a zero, and knows all when it is back [C-14]',
      async (mode) => {
        const fromMs = await quietSince('green');
        plane.sourceControl(mode);
        await users.visitAll(Array.from({ length: 10 }, () => ({ user: 'u' })));
        const query = queryOf('green', {
          fromMs: fromMs - plane.finestStepMs,
          toMs: fromMs,
          stepMs: plane.finestStepMs,
        });
        await expect(plane.metrics.samples(query)).rejects.toThrow(AdapterUnavailableError);
        await expect(plane.metrics.scalar({ query: 'up', atMs: fromMs, windowMs: 1000 })).rejects.toThrow(
          AdapterUnavailableError,
        );
        plane.sourceControl('open');
        const { sample } = await countedSince('green', fromMs, ({ requests }) => requests >= 10);
        expect(sample).toMatchObject({ requests: 10, errors: 0 });
      },
    );

    test('a service that the source does not know is an error or no data, never a zero', async () => {
      const toMs = Date.now() - plane.finestStepMs;
      const query = {
        ...queryOf('green', { fromMs: toMs - plane.finestStepMs, toMs, stepMs: plane.finestStepMs }),
        service: 'nobody-knows-this',
        target: 'nobody-knows-this',
      };
      const outcome: unknown = await plane.metrics.samples(query).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(AdapterUnavailableError);
      else expect(outcome).toEqual(['no-data']);
    });

    test('a caller that gives up is answered with its own reason', async () => {
      plane.sourceControl('silent');
      const reason = new Error('given up');
      const controller = new AbortController();
      const toMs = Date.now();
      const query = queryOf('green', { fromMs: toMs - plane.finestStepMs, toMs, stepMs: plane.finestStepMs });
      const asking = plane.metrics.samples(query, controller.signal);
      setTimeout(() => controller.abort(reason), 20);
      await expect(asking).rejects.toBe(reason);
      await expect(plane.metrics.samples(query, AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    test('a query is answered, or refused by a source that knows none', async () => {
      const { knownScalar } = plane;
      const query = { query: knownScalar?.query ?? 'any', atMs: Date.now(), windowMs: 10_000 };
      if (knownScalar === undefined) await expect(plane.metrics.scalar(query)).rejects.toThrow(AdapterUnavailableError);
      else
        expect(await eventually('the source to answer', () => plane.metrics.scalar(query).catch(unlessAway))).toBe(
          knownScalar.value,
        );
    });
  });
}

function unlessAway(error: unknown): undefined {
  if (!(error instanceof AdapterUnavailableError)) throw error;
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly latenciesMs: readonly number[];
}

/**
 * Waits until what came before can no longer be counted in a range that begins now. In short steps: while the machine
 * stands still the source does not look either.
 */
async function settled(plane: MeasuredDataPlane): Promise<void> {
  let passedMs = 0;
  await until('earlier requests to be counted', async () => {
    await sleep(STEP_MS);
    passedMs += STEP_MS;
    return passedMs > plane.visibleWithinMs;
  });
}

function sumOf(samples: readonly Sampled[]): Pick<TrafficSample, 'requests' | 'errors'> {
  const sum = { requests: 0, errors: 0 };
  for (const sample of samples) {
    if (sample === 'no-data') throw new Error('a past range that was known before has no data now');
    sum.requests += sample.requests;
    sum.errors += sample.errors;
  }
  return sum;
}
