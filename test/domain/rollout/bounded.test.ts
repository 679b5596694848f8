import { describe, expect, test } from 'vitest';
import { picturesOf } from '../../../src/domain/analysis/step-by-step.js';
import { AdapterUnavailableError } from '../../../src/domain/errors.js';
import { bounded, boundedLine, boundedWarnings, shortenOldLine } from '../../../src/domain/rollout/bounded.js';
import { batchesOf } from '../../../src/domain/rollout/journal-batches.js';
import {
  LONGEST,
  MOST,
  MOST_EVIDENCE_BYTES,
  MOST_FULL_LINES,
  MOST_LINE_BYTES,
  MOST_OLD_LINE_BYTES,
} from '../../../src/domain/rollout/bounds.js';
import type { Verb } from '../../../src/domain/stages/commands.js';
import { detailsOf } from '../../../src/presentation/details.js';
import { guardedPlan } from '../../../src/domain/stages/guarded-plan.js';
import { addProbe, EMPTY_PROBE_LOG } from '../../../src/domain/health/probe-log.js';
import { MOST_UNWRITTEN } from '../../../src/domain/rollout/record.js';
import { reduce, type CanaryEvent } from '../../../src/domain/canary/reduce.js';
import { beginCanary, type CanaryState } from '../../../src/domain/canary/state.js';
import type { HookChange } from '../../../src/domain/rollout/hook-changes.js';
import { hookPayload } from '../../../src/presentation/hook-payload.js';
import { type LogLine } from '../../../src/domain/rollout/log-line.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { bytesOfJson } from '../../../src/domain/text.js';
import { command, ROLES } from '../canary/arbitraries.js';
import { ALMOST_PLAN_BYTES, largestAnalysis, largestPlan, rockets } from '../canary/worst-case.js';

const MIB = 1024 * 1024;

/** Temporal refuses a payload of 2 MB, and a message of 4. */
const FAR_BELOW = MIB;

/** What no adapter should say. */
const novel = rockets(20_000);

const plan = largestPlan();
const analysis = largestAnalysis(plan);

/** A notice with everything that a plan may say. */
function tell(index: number): HookChange {
  const [status, facts] = [statusOf(beginCanary({ id: 'checkout@run-1', plan, atMs: 0 }), 0), { config: plan }];
  const payload = hookPayload(status, { moment: 'needsHuman', ordinal: index, why: novel, facts, atMs: 0 });
  return { kind: 'told', moment: 'needsHuman', payload };
}

/** Everything that can be said to a rollout, at the greatest length, in an order that lets most of it stay. */
function fullState(): CanaryState {
  const evidence = Array.from({ length: 5000 }, () => ({
    check: novel,
    values: Array.from({ length: 50 }, () => 1 / 3),
  }));
  const said = (verb: Verb, index: number): CanaryEvent =>
    command(
      verb,
      {
        reason: novel,
        by: novel,
        commandId: `${'c'.repeat(90)}${String(index)}`,
        durationMinutes: 5,
        autoProgression: true,
      },
      index,
    );
  const events: CanaryEvent[] = [
    { type: 'preflightPassed', roles: ROLES, warnings: Array.from({ length: 500 }, () => novel), analysis, atMs: 0 },
    ...plan.stages
      .slice(1)
      .flatMap((_, index): CanaryEvent[] => [
        { type: 'weightsApplied', atMs: index },
        said('promote', index),
        { type: 'proceeded', atMs: index },
        { type: 'judged', verdict: 'inconclusive', reason: novel, evidence, carried: analysis, atMs: index },
        { type: 'proceeded', atMs: index },
      ]),
    { type: 'weightsApplied', atMs: 900 },
    { type: 'breached', reason: novel, evidence, shared: true, atMs: 901 },
    { type: 'drifted', reason: novel, atMs: 902 },
    { type: 'breached', reason: novel, evidence, shared: false, atMs: 903 },
    { type: 'evidenceKept', carried: analysis, atMs: 904 },
    { type: 'alarmed', cause: 'weights', alarm: novel, atMs: 905 },
    { type: 'hooked', change: { kind: 'known', hooks: { needsHuman: ['c'.repeat(100)] } }, atMs: 906 },
    ...Array.from({ length: 50 }, (_, index): CanaryEvent => ({ type: 'hooked', change: tell(index), atMs: 907 })),
    ...Array.from({ length: 600 }, (_, index) => said(index % 4 === 0 ? 'pause' : 'configure', 1000 + index)),
    said('pause', 2000),
    said('abort', 2001),
  ];
  return events.reduce(
    reduce,
    beginCanary({ id: 'checkout@run-1', plan, requestedBy: rockets(LONGEST.requestedBy), atMs: 0 }),
  );
}

const state = fullState();

/** As many lines as may ever wait for a journal that is away. */
function lines(count: number): readonly LogLine[] {
  let kept: readonly LogLine[] = [];
  for (let number = 1; number <= count; number += 1) {
    const line = boundedLine({
      atMs: number,
      kind: 'command',
      what: novel.slice(0, 9000),
      why: novel.slice(0, 9000),
      by: novel.slice(0, 900),
    });
    kept = shortenOldLine([...kept, { ...line, number }]);
  }
  return kept;
}

describe('however much people and programs say', () => {
  test('the worst case that is looked at here is one [W31]', () => {
    expect(bytesOfJson(plan)).toBeGreaterThan(ALMOST_PLAN_BYTES);
    expect(state.stop).not.toBeNull();
    expect(state.hold).not.toBeNull();
    expect(state.judgedAnalysis).not.toBeNull();
    expect(state.handled.length).toBeGreaterThan(300);
    expect(bytesOfJson(state)).toBeGreaterThan(MIB / 4);
  });

  test('what a workflow hands on as it continues as new stays far below what a payload may have [W31]', () => {
    const input = { plan, requestedBy: rockets(LONGEST.requestedBy), requestId: rockets(LONGEST.requestId) };
    const sizeWith = (count: number): number =>
      bytesOfJson({ ...input, carried: { ...state, log: { ...state.log, lines: lines(count) } } });
    expect(sizeWith(500)).toBeLessThan(FAR_BELOW);
    expect(sizeWith(MOST_UNWRITTEN)).toBeLessThan(1.5 * FAR_BELOW);
  });

  test('a batch for the journal, with the status beside it, stays far below it too [W31]', () => {
    const written = lines(500);
    const status = statusOf({ ...state, log: { ...state.log, lines: written } }, 0);
    for (const batch of batchesOf(written))
      expect(bytesOfJson({ rolloutId: state.id, service: 'checkout', lines: batch, status })).toBeLessThan(FAR_BELOW);
  });

  test('a heartbeat of the watch does as well [W31]', () => {
    const trouble = boundedWarnings(Array.from({ length: 200 }, () => novel));
    const checks = picturesOf(guardedPlan(plan).analysis, analysis);
    const probes = addProbe(EMPTY_PROBE_LOG, false, novel);
    expect(bytesOfJson({ picture: { checks, trouble }, probes })).toBeLessThan(FAR_BELOW);
  });

  test('what the watch and the judge are asked does as well [W31]', () => {
    expect(bytesOfJson({ plan: guardedPlan(plan), roles: ROLES, carried: analysis })).toBeLessThan(FAR_BELOW);
  });

  test('what a person reads in the Temporal UI stays readable [W31]', () => {
    expect(bytesOfJson(detailsOf(statusOf(state, 0)))).toBeLessThan(64 * 1024);
  });

  test('a line that many others have followed is short, and the newest ones are kept as they are [W31]', () => {
    const all = lines(MOST_FULL_LINES + 50);
    for (const [index, line] of all.entries())
      expect(bytesOfJson(line.what + (line.why ?? ''))).toBeLessThanOrEqual(
        (index < 50 ? MOST_OLD_LINE_BYTES : MOST_LINE_BYTES) + 2,
      );
  });

  test('a reason as long as it may be stands in its line in full, in what happened and why [W31]', () => {
    const reason = 'r'.repeat(LONGEST.reason);
    const after = reduce(state, command('emergencyStop', { reason, by: 'ada' }, 9999));
    expect(after.log.lines.at(-1)).toMatchObject({ what: `Emergency stop: ${reason}`, why: reason, by: 'ada' });
  });

  test('a reason that had to be cut is told once', () => {
    const after = reduce(state, command('emergencyStop', { reason: '🚀'.repeat(LONGEST.reason) }, 9999));
    expect(
      statusOf(after, 9999)
        .history.at(-1)
        ?.what.match(/\(cut; /g),
    ).toHaveLength(1);
  });
});

describe('what adapters say', () => {
  test('is cut where they say it: an error page of 10 MB is no reason [W31]', () => {
    const page = `<html>${'x'.repeat(10 * MIB)}`;
    const error = new AdapterUnavailableError('prometheus', `answered 502: ${page}`, { got: page });
    expect(error.message.length).toBeLessThanOrEqual(LONGEST.finding + 'prometheus: '.length);
    expect(error.message).toMatch(/^prometheus: answered 502: <html>x+… \(cut; 10,485,/);
    expect(error.got?.length).toBeLessThanOrEqual(LONGEST.finding);
  });

  test('as warnings is as many sentences as people read, the last of which counts the others [W31]', () => {
    const warnings = boundedWarnings(Array.from({ length: 200 }, (_, index) => `warning ${String(index)}`));
    expect(warnings).toHaveLength(MOST.warnings);
    expect(warnings.at(-1)).toBe('and 181 more');
  });

  test('as evidence is kept as far as it fits, and nothing is done to evidence that does [W31]', () => {
    const fits = [{ name: 'errorRate', value: 0.08, requests: 216 }];
    expect(bounded({ evidence: fits }).evidence).toEqual(fits);
    const deep: unknown = JSON.parse('{"a":'.repeat(5000) + '1' + '}'.repeat(5000));
    for (const evidence of [
      novel,
      deep,
      Array.from({ length: 1e5 }, () => fits),
      { list: Array.from({ length: 99 }, () => novel) },
    ])
      expect(bytesOfJson([bounded({ evidence }).evidence])).toBeLessThanOrEqual(MOST_EVIDENCE_BYTES);
  });
});
