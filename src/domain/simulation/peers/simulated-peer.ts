import type { StagedTrafficPlan } from '../../staged-traffic/plan.js';
import { Exposure } from '../exposure.js';
import type { ShareChange, SimulatedRun } from '../simulated-run.js';
import type { TrafficSource } from '../traffic-source.js';
import { PEER_INTERVAL_MS, type PeerRules } from './peer-rules.js';

/**
 * The stages of `plan` under the rules of another controller: the same shares for as many looks as fit into each stage's
 * time, longer where a look says stay.
 */
export function simulatePeer(
  plan: StagedTrafficPlan,
  rules: PeerRules,
  source: TrafficSource,
  badFromMs: number | null,
): SimulatedRun {
  const exposure = new Exposure(source, badFromMs);
  const shares: ShareChange[] = [];
  const run = rules.begin();
  let nowMs = 0;
  let fullAtMs: number | null = null;
  const ended = (outcome: SimulatedRun['outcome']): SimulatedRun => ({
    outcome,
    endedAtMs: nowMs,
    fullAtMs,
    exposedRequests: exposure.requests,
    shares,
  });
  for (const [index, { trafficPercent, durationMs }] of plan.stages.entries()) {
    shares.push({ atMs: nowMs, sharePercent: trafficPercent });
    if (index === plan.stages.length - 1) fullAtMs = nowMs;
    for (let left = Math.max(1, Math.round(durationMs / PEER_INTERVAL_MS)); left > 0;) {
      const endMs = nowMs + PEER_INTERVAL_MS;
      const { candidate } = source.sample(nowMs, endMs, trafficPercent);
      exposure.add(nowMs, endMs, trafficPercent, candidate.requests);
      const decision = run.look(candidate, nowMs, endMs);
      nowMs = endMs;
      if (decision === 'rollBack') {
        shares.push({ atMs: nowMs, sharePercent: 0 });
        return ended('rolledBack');
      }
      if (decision === 'goOn') left -= 1;
    }
  }
  return ended('promoted');
}
