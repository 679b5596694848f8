import { withMore, withStages, type RefusedSpec } from './write.js';

export const REFUSED_STAGES: readonly RefusedSpec[] = [
  {
    title: 'a stage without traffic',
    text: withStages(`- { duration: 10m }
- { traffic: 100% }`),
    says: 'c.yaml:6:3 stages[0].traffic: "traffic" is missing; expected a share such as 5% or 0.05, got nothing (required)',
  },
  {
    title: 'traffic with a typo',
    text: withStages(`- { trafic: 5%, duration: 10m }
- { traffic: 100% }`),
    says: 'c.yaml:6:5 stages[0].trafic: There is no key "trafic" here. Did you mean traffic? (keys.unknown)',
  },
  {
    title: 'traffic: 5',
    text: withStages(`- { traffic: 5, duration: 10m }
- { traffic: 100% }`),
    says: 'c.yaml:6:14 stages[0].traffic: A share without a percent sign is a fraction; expected a fraction from 0 to 1, or 5%, got 5. Write 5% or 0.05 (units.share)',
  },
  {
    title: 'traffic below nothing',
    text: withStages(`- { traffic: -0.1, duration: 10m }
- { traffic: 100% }`),
    says: 'c.yaml:6:14 stages[0].traffic: A share without a percent sign is a fraction; expected a fraction from 0 to 1, or 5%, got -0.1 (units.share)',
  },
  {
    title: 'traffic in words',
    text: withStages(`- { traffic: much, duration: 10m }
- { traffic: 100% }`),
    says: 'c.yaml:6:14 stages[0].traffic: This is not a share; expected a share such as 5% or 0.05, got "much" (units.share)',
  },
  {
    title: 'traffic that would be set as everybody [W44]',
    text: withStages(`- { traffic: 99.9999%, duration: 10m }
- { traffic: 100% }`),
    says: 'c.yaml:6:14 stages[0].traffic: This cannot be a share of traffic; expected at most 99.999 %, or 100 %, got 99.9999 % (stages.range)',
  },
  {
    title: 'a duration that would be waited for as none [W44]',
    text: withStages(`- { traffic: 5%, duration: 0.4ms }
- { traffic: 100% }`),
    says: 'c.yaml:6:28 stages[0].duration: A duration must be longer than nothing; expected at least 1ms, got 0.4ms (duration.positive)',
  },
  {
    title: 'no traffic at all',
    text: withStages(`- { traffic: 0%, duration: 10m }
- { traffic: 100% }`),
    says: 'c.yaml:6:14 stages[0].traffic: This cannot be a share of traffic; expected above 0 % (at least 0.001 %) and at most 100 %, got 0 % (stages.range)',
  },
  {
    title: 'more traffic than there is',
    text: withStages(`- { traffic: 5%, duration: 10m }
- { traffic: 120% }`),
    says: 'c.yaml:7:14 stages[1].traffic: This cannot be a share of traffic; expected above 0 % (at least 0.001 %) and at most 100 %, got 120 % (stages.range)',
  },
  {
    title: 'a share below the grain',
    text: withStages(`- { traffic: 0.0001%, duration: 10m }
- { traffic: 100% }`),
    says: 'c.yaml:6:14 stages[0].traffic: This cannot be a share of traffic; expected above 0 % (at least 0.001 %) and at most 100 %, got 0.0001 % (stages.range)',
  },
  {
    title: 'a share that does not rise',
    text: withStages(`- { traffic: 25%, duration: 10m }
- { traffic: 25%, duration: 1m }
- { traffic: 100% }`),
    says: 'c.yaml:7:14 stages[1].traffic: Shares must rise from stage to stage; expected more than 25 %, got 25 % (stages.rise)',
  },
  {
    title: 'a plan that stops short',
    text: withStages(`- { traffic: 5%, duration: 10m }
- { traffic: 50% }`),
    says: 'c.yaml:7:14 stages[1].traffic: The plan stops short of full traffic; expected 100 % in the last stage, got 50 %. Add a stage at 100 %, or say holdAtEnd: true to wait there for a person (stages.end)',
  },
  {
    title: 'an empty list of stages',
    text: withStages('[]'),
    says: 'c.yaml:5:9 stages: A rollout needs at least one stage; expected a list that ends at 100 %, got an empty list (stages.some)',
  },
  {
    title: 'a stage that is text',
    text: withStages(`- 5%
- { traffic: 100% }`),
    says: 'c.yaml:6:3 stages[0]: This must be a map of keys and values, got "5%". Write { traffic: 5%, duration: 10m } (type)',
  },
  {
    title: 'one stage that is no list',
    text: withStages('{ traffic: 5% }'),
    says: 'c.yaml:5:9 stages: This must be a list, got {"traffic":"5%"}. Write [{ traffic: 5%, duration: 10m }, …] (type)',
  },
  {
    title: 'a stage without its duration',
    text: withStages(`- { traffic: 5% }
- { traffic: 100% }`),
    says: 'c.yaml:6:3 stages[0].duration: How long does this stage last? Only the last one may leave it open; expected a duration above 0, got nothing (stages.duration)',
  },
  {
    title: 'an open duration before the last stage',
    text: withStages(`- { traffic: 5%, duration: null }
- { traffic: 100% }`),
    says: 'c.yaml:6:28 stages[0].duration: How long does this stage last? Only the last one may leave it open; expected a duration above 0, got null (stages.duration)',
  },
  {
    title: 'a duration without its unit',
    text: withStages(`- { traffic: 5%, duration: 10 }
- { traffic: 100% }`),
    says: 'c.yaml:6:28 stages[0].duration: A time needs its unit; expected a time with its unit: 500ms, 30s, 10m, 1h30m, 7d, got 10. Write 10m for minutes or 10s for seconds (units.duration)',
  },
  {
    title: 'a duration whose unit is spelled out',
    text: withStages(`- { traffic: 5%, duration: 10 minutes }
- { traffic: 100% }`),
    says: 'c.yaml:6:28 stages[0].duration: This is not a time; expected a time with its unit: 500ms, 30s, 10m, 1h30m, 7d, got "10 minutes". Write 10m (units.duration)',
  },
  {
    title: 'a duration in words',
    text: withStages(`- { traffic: 5%, duration: soon }
- { traffic: 100% }`),
    says: 'c.yaml:6:28 stages[0].duration: This is not a time; expected a time with its unit: 500ms, 30s, 10m, 1h30m, 7d, got "soon" (units.duration)',
  },
  {
    title: 'a duration of nothing',
    text: withStages(`- { traffic: 5%, duration: 0s }
- { traffic: 100% }`),
    says: 'c.yaml:6:28 stages[0].duration: A duration must be longer than nothing; expected more than 0, got 0s (duration.positive)',
  },
  {
    title: 'a duration backwards',
    text: withStages(`- { traffic: 5%, duration: -5m }
- { traffic: 100% }`),
    says: 'c.yaml:6:28 stages[0].duration: A duration must be longer than nothing; expected more than 0, got -5m (duration.positive)',
  },
  {
    title: 'a duration of ages',
    text: withStages(`- { traffic: 5%, duration: 100000000000000d }
- { traffic: 100% }`),
    says: 'c.yaml:6:28 stages[0].duration: No such time may be so long; expected at most 365d, got more (duration.long)',
  },
  {
    title: 'a share above everything, before everything',
    text: withStages(`- { traffic: 150%, duration: 5m }
- { traffic: 100% }`),
    says: 'c.yaml:6:14 stages[0].traffic: This cannot be a share of traffic; expected above 0 % (at least 0.001 %) and at most 100 %, got 150 % (stages.range)',
  },
  {
    title: 'two rollback windows',
    text: withStages(`- { traffic: 5%, duration: 5m }
- { traffic: 100%, duration: 1h }
rollbackWindow: 10m`),
    says: `c.yaml:7:30 stages[1].duration: The last stage's duration is the rollback window, and rollbackWindow says something else; expected one of the two, got both. Leave the last stage's duration out, or rollbackWindow (stages.window)`,
  },
  {
    title: 'a rollback window of nothing',
    text: withMore('rollbackWindow: 0s'),
    says: 'c.yaml:8:17 rollbackWindow: A duration must be longer than nothing; expected more than 0, got 0s (duration.positive)',
  },
  {
    title: 'approval: true',
    text: withStages(`- { traffic: 5%, duration: 5m, approval: true }
- { traffic: 100% }`),
    says: 'c.yaml:6:42 stages[0].approval: This must be a map of keys and values, got true. Write {} to take every default (type)',
  },
  {
    title: 'an approval with an unknown answer to silence',
    text: withStages(`- { traffic: 5%, duration: 5m, approval: { onTimeout: aborted } }
- { traffic: 100% }`),
    says: 'c.yaml:6:55 stages[0].approval.onTimeout: This is not one of the choices; expected abort or hold, got "aborted". Did you mean abort? (value.unknown)',
  },
  {
    title: 'an approval that times out at once',
    text: withStages(`- { traffic: 5%, duration: 5m, approval: { timeout: 0h } }
- { traffic: 100% }`),
    says: 'c.yaml:6:53 stages[0].approval.timeout: A duration must be longer than nothing; expected more than 0, got 0s (duration.positive)',
  },
  {
    title: 'an approval of the last stage',
    text: withStages(`- { traffic: 5%, duration: 5m }
- { traffic: 100%, approval: {} }`),
    says: 'c.yaml:7:30 stages[1].approval: Approval is asked for before a stage is left, and the last stage is not left; expected approval in an earlier stage, got approval in the last one. Ask before everybody gets it: move the approval one stage up (approval.last)',
  },
  {
    title: 'approval asked of the last stage by number',
    text: withMore('requireManualApproval: [2]'),
    says: 'c.yaml:8:25 requireManualApproval[0]: Approval is asked for before a stage is left, and the last stage is not left; expected a stage from 1 to 1, got 2 (approval.stage)',
  },
  {
    title: 'approval asked in other words',
    text: withMore('requireManualApproval: always'),
    says: 'c.yaml:8:24 requireManualApproval: This must be true, false, every-stage or a list of stage numbers, got "always" (type)',
  },
  {
    title: 'a least time longer than the stage',
    text: withStages(`- { traffic: 5%, duration: 10m, minDuration: 20m, advanceOnEvidence: true }
- { traffic: 100% }
checks: [{ metric: errorRate, max: 1% }]`),
    says: 'c.yaml:6:46 stages[0].minDuration: The least time of a stage is part of its time; expected at most 10m, after which it is judged anyway, got 20m (stages.least)',
  },
  {
    title: 'a least time longer than the longest',
    text: withStages(`- { traffic: 5%, minDuration: 20m, maxDuration: 10m }
- { traffic: 100% }`),
    says: 'c.yaml:6:49 stages[0].maxDuration: A stage cannot be given up before it is judged; expected at least 20m, after which it is judged for the first time, got 10m (stages.longest)',
  },
  {
    title: 'a least time of a stage that ends by its clock',
    text: withStages(`- { traffic: 5%, duration: 10m, minDuration: 2m }
- { traffic: 100% }`),
    says: 'c.yaml:6:46 stages[0].minDuration: This says how soon a stage may end on proof, and nothing says that it may; expected advanceOnEvidence: true beside it, got 2m. Add advanceOnEvidence: true, or leave it out (stages.leastAlone)',
  },
  {
    title: 'a least time for all stages where each has its clock',
    text: withMore('minDuration: 2m'),
    says: 'c.yaml:8:14 minDuration: No stage uses this: each ends by its own clock; expected advanceOnEvidence: true, or stages without a duration of their own, got minDuration alone. Add advanceOnEvidence: true, or leave it out (stages.leastAlone)',
  },
  {
    title: 'a stage that waits for proof for ever',
    text: withStages(`- { traffic: 5%, advanceOnEvidence: true }
- { traffic: 100% }
checks: [{ metric: errorRate, max: 1% }]`),
    says: 'c.yaml:6:3 stages[0].duration: How long does this stage wait for proof? Without any it is judged by maxDuration; expected a duration, or maxDuration, got nothing (stages.duration)',
  },
  {
    title: 'waiting for proof that no check can give',
    text: withStages(`- { traffic: 5%, duration: 10m, advanceOnEvidence: true }
- { traffic: 100% }
checks: [{ metric: errorRate, max: 1%, failureLimit: 2 }]`),
    says: 'c.yaml:6:52 stages[0].advanceOnEvidence: Proof of health is asked for, and no check can give it: a fixed bound proves nothing; expected a share of requests with max or min and no limits, or with maxIncrease, got fixed bounds only. Add a check such as errorRate with max: 1% (proof.none)',
  },
  {
    title: 'demanding proof that no check can give',
    text: withMore('proof: evidence'),
    says: 'c.yaml:8:8 proof: Proof of health is asked for, and no check can give it: a fixed bound proves nothing; expected a share of requests with max or min and no limits, or with maxIncrease, got no checks. Add a check such as errorRate with max: 1% (proof.none)',
  },
  {
    title: 'waiting for proof that there are no failures at all',
    text: withStages(`- { traffic: 5%, duration: 10m, advanceOnEvidence: true }
- { traffic: 100% }
checks: [{ metric: errorRate, max: 0% }]`),
    says: 'c.yaml:8:10 checks[0]: However much traffic comes, it cannot be proven that errorRate is within this bound; expected a bound with room below it: an error rate of 0.1 %, an increase of 10 %, got a bound at the very end of what is possible (proof.margin)',
  },
];
