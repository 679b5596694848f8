import type { StagedTrafficPlan } from '../staged-traffic/plan.js';
import { HISTORY_INTERVALS } from './defaults.js';
import { argoRules } from './peers/argo-rules.js';
import { flaggerRules } from './peers/flagger-rules.js';
import { PEER_INTERVAL_MS, thresholdsOf, type PeerRules } from './peers/peer-rules.js';
import { simulatePeer } from './peers/simulated-peer.js';
import { simulateRollout, type SimulatedRules } from './simulated-rollout.js';
import type { PolicyRuns, SimulatedRun } from './simulated-run.js';
import { summaryOf, type PolicySummary } from './summary.js';
import type { TrafficModel } from './traffic-model.js';
import { TrafficSource } from './traffic-source.js';

/** What is simulated. */
export interface SimulationSetup {
  /** Those of its kind. */
  readonly rules: SimulatedRules;
  readonly plan: StagedTrafficPlan;
  readonly model: TrafficModel;
  /** Rollouts with a healthy candidate, and as many with a bad one. */
  readonly runs: number;
  readonly seed: number;
  /** Also by the rules of Argo Rollouts and Flagger, on the same traffic. */
  readonly compare: boolean;
}

export interface Simulation {
  readonly policies: readonly PolicyRuns[];
  readonly summaries: readonly PolicySummary[];
}

type RunOne = (plan: StagedTrafficPlan, source: TrafficSource, badFromMs: number | null) => SimulatedRun;

/** Tries a plan on synthetic traffic, many times. Pure: the same setup gives the same answer. */
export function simulate(setup: SimulationSetup): Simulation {
  const policies = [
    runsOf(setup, 'Headgate', (...run) => simulateRollout(setup.rules, ...run)),
    ...peersOf(setup).map((rules) =>
      runsOf(setup, rules.name, (plan, source, badFromMs) => simulatePeer(plan, rules, source, badFromMs)),
    ),
  ];
  const badFromMs = setup.model.degradation?.atMs ?? null;
  return { policies, summaries: policies.map((runs) => summaryOf(runs, badFromMs)) };
}

/** The rules of others that can express any check of the plan: absolute bounds on what is counted. */
function peersOf({ compare, plan }: SimulationSetup): readonly PeerRules[] {
  const thresholds = thresholdsOf(plan.analysis.checks);
  if (!compare || thresholds.length === 0) return [];
  return [argoRules(thresholds, 0), argoRules(thresholds, 3), flaggerRules(thresholds, 5)];
}

function runsOf({ plan, model, runs, seed, compare }: SimulationSetup, policy: string, runOne: RunOne): PolicyRuns {
  const grainMs = grainOf(plan, compare);
  const span = { fromMs: -HISTORY_INTERVALS * plan.monitoringIntervalMs, toMs: longestMs(plan) };
  const series = (one: TrafficModel): SimulatedRun[] =>
    Array.from({ length: runs }, (_, run) =>
      runOne(plan, new TrafficSource(one, seed, run, grainMs, span), one.degradation?.atMs ?? null),
    );
  return {
    policy,
    healthy: series({ ...model, degradation: null }),
    bad: model.degradation === null ? null : series(model),
  };
}

/** How long a rollout of `plan` lasts when nothing stands in its way. */
export function plannedMs({ stages }: StagedTrafficPlan): number {
  return stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

function longestMs(plan: StagedTrafficPlan): number {
  return plannedMs(plan) + plan.stages.length * (plan.onUnknown.deadlineMs + PEER_INTERVAL_MS * 10);
}

/** Pieces that every interval and every stage is made of, where they are not too small. */
function grainOf({ stages, monitoringIntervalMs }: StagedTrafficPlan, compare: boolean): number {
  const lengths = [...stages.map(({ durationMs }) => durationMs), ...(compare ? [PEER_INTERVAL_MS] : [])];
  const grain = lengths.reduce(commonDivisor, monitoringIntervalMs);
  return grain * 20 >= monitoringIntervalMs ? grain : monitoringIntervalMs;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
