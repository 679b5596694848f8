import { describe, expect, test } from 'vitest';
import { Probes } from '../../../src/activities/watch/probes.js';
import { pathOf } from '../../../src/domain/health/health-plan.js';
import type { ProbeLogs } from '../../../src/domain/health/probe-logs.js';
import type { ProbeResult } from '../../../src/ports/health-probe.js';
import { fitService, somePlan } from '../support/fabricated.js';

const WELL: ProbeResult = { healthy: true, latencyMs: 1, body: '' };
const NO_ANSWER: ProbeResult = { healthy: false, latencyMs: 1000, reason: 'no answer within 1000 ms' };
const NEVER = new AbortController().signal;

type Answer = (backend: string, endpoint: string, round: number) => ProbeResult;

/** Probes that are looked at round by round. */
function probesOf(endpoints: readonly string[], answer: Answer, memory?: ProbeLogs) {
  let round = 0;
  const service = fitService({
    health: { endpoints, intervalMs: 5000, timeoutMs: 1000, successThreshold: 0.95 },
    probe: { probe: ({ backend }, endpoint) => Promise.resolve(answer(backend, pathOf(endpoint), round)) },
  });
  const view = {
    plan: somePlan(),
    rolloutId: 'checkout@1',
    roles: { baseline: 'blue', candidate: 'green' },
    stage: 1,
    stageCount: 2,
    sharePercent: 25,
    fences: [16],
    startedAtMs: 0,
    monitoringIntervalMs: 5000,
    carried: null,
  };
  const probes = new Probes(service, view, memory === undefined ? undefined : { probes: memory });
  /** What is found, round by round. */
  const rounds = async (count: number): Promise<readonly (string | null)[]> => {
    const found: (string | null)[] = [];
    for (let next = 0; next < count; next += 1) {
      round += 1;
      found.push(await probes.look(round * 5000, NEVER));
    }
    return found;
  };
  return { probes, rounds };
}

const ALL = ['/health', '/ready', '/live'];

describe('the probes of a watch', () => {
  test('bear a round in which no endpoint answers: it is not three failures in a row [W24]', async () => {
    const { rounds } = probesOf(ALL, (_, __, round) => (round === 21 ? NO_ANSWER : WELL));
    expect(await rounds(30)).toEqual(Array.from({ length: 30 }, () => null));
  });

  test('find one of two endpoints that is always down after three rounds, not after twenty results [W24]', async () => {
    const { rounds } = probesOf(['/health', '/ready'], (_, endpoint) => (endpoint === '/ready' ? NO_ANSWER : WELL));
    const reason = 'the last 3 probes failed: GET http://green.test/ready no answer within 1000 ms';
    expect(await rounds(3)).toEqual([null, null, reason]);
  });

  test('take an endpoint that is named twice for one [W24]', async () => {
    const { rounds } = probesOf(['/health', '/health'], (_, __, round) => (round <= 2 ? NO_ANSWER : WELL));
    expect(await rounds(4)).toEqual([null, null, null, null]);
  });

  test('go on with what an older worker has kept for all endpoints together [W24]', async () => {
    const memory = { results: [true, true, true, false, true, true], lastFailure: 'GET http://green.test/health' };
    const { rounds } = probesOf(ALL, (_, endpoint) => (endpoint === '/health' ? NO_ANSWER : WELL), memory);
    expect(await rounds(2)).toEqual([null, expect.stringMatching(/last 3 probes failed: GET .*\/health/)]);
  });

  test('excuse the candidate only where the baseline fails the same endpoint [W24]', async () => {
    const down = (backends: readonly string[]) =>
      probesOf(ALL, (backend, endpoint) => (endpoint === '/ready' && backends.includes(backend) ? NO_ANSWER : WELL));
    const both = down(['green', 'blue']);
    await both.rounds(3);
    expect(await both.probes.harm('it is down', NEVER)).toEqual({
      reason: 'green is unhealthy: it is down; so is the baseline',
      shared: true,
    });
    const candidate = down(['green']);
    await candidate.rounds(3);
    expect(await candidate.probes.harm('it is down', NEVER)).toEqual({
      reason: 'green is unhealthy: it is down',
      shared: false,
    });
  });
});
