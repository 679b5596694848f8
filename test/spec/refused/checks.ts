import { withChecks, withMore, type RefusedSpec } from './write.js';

export const REFUSED_CHECKS: readonly RefusedSpec[] = [
  {
    title: 'a metric with a typo',
    text: withChecks('{ metric: errorate, max: 1% }'),
    says: 'c.yaml:8:20 checks[0].metric: This is not a metric that Headgate counts; expected errorRate, successRate, latencyP50, latencyP95, latencyP99, requestRate; or name: and query:, got "errorate". Did you mean errorRate? (checks.metric)',
  },
  {
    title: 'nothing to look at',
    text: withChecks('{ max: 1% }'),
    says: 'c.yaml:8:10 checks[0].metric: What does this check look at?; expected metric: one of errorRate, successRate, latencyP50, latencyP95, latencyP99, requestRate; or name: and query:, got neither (required)',
  },
  {
    title: 'a query without a name',
    text: withChecks('{ query: up, max: 1 }'),
    says: 'c.yaml:8:10 checks[0].name: What is the value of this query called?; expected name: beside the query, got nothing (required)',
  },
  {
    title: 'a query that asks nothing',
    text: withChecks("{ name: queue, query: '', max: 1 }"),
    says: `c.yaml:8:32 checks[0].query: This query asks nothing; expected a query in the metric source's language, got "" (query.empty)`,
  },
  {
    title: 'a map of checks',
    text: withMore('checks: { errorRate: { max: 1% } }'),
    says: 'c.yaml:8:9 checks: This must be a list, got {"errorRate":{"max":"1%"}}. Write [{ metric: errorRate, max: 1% }, …] (type)',
  },
  {
    title: 'more checks than anybody reads',
    text: withChecks(Array.from({ length: 101 }, (_, n) => `{ name: q${String(n)}, query: up, max: 1 }`).join(', ')),
    says: 'c.yaml:8:9 checks: Too many checks; expected at most 100, got 101 (checks.many)',
  },
  {
    title: 'a metric and a name',
    text: withChecks('{ metric: errorRate, name: mine, max: 1% }'),
    says: 'c.yaml:8:37 checks[0].name: A metric has its name already; expected one source per check, got "mine" (checks.source)',
  },
  {
    title: 'two sources for one metric',
    text: withChecks('{ metric: errorRate, query: up, max: 1% }'),
    says: 'c.yaml:8:38 checks[0].query: errorRate is counted from traffic, and a query would be a second answer; expected one source per check, got "up" (checks.source)',
  },
  {
    title: 'a query under metric',
    text: withChecks('{ metric: queue, query: up, max: 1 }'),
    says: 'c.yaml:8:20 checks[0].metric: This is not a metric that Headgate counts; expected errorRate, successRate, latencyP50, latencyP95, latencyP99, requestRate; or name: and query:, got "queue". Write name: queue beside the query (checks.metric)',
  },
  {
    title: 'a query under the name of a metric',
    text: withChecks('{ name: errorRate, query: up, max: 1 }'),
    says: 'c.yaml:8:18 checks[0].name: errorRate is counted already; a query needs another name; expected one source per check, got "errorRate" (checks.source)',
  },
  {
    title: 'a name without a query',
    text: withChecks('{ name: queue, max: 1 }'),
    says: `c.yaml:8:10 checks[0].query: Where does the value "queue" come from?; expected query: in the metric source's language, got nothing (checks.query)`,
  },
  {
    title: 'no bound',
    text: withChecks('{ metric: errorRate }'),
    says: 'c.yaml:8:10 checks[0]: Nothing says what errorRate may be; expected max, min or both, got neither (bounds.some)',
  },
  {
    title: 'bounds that exclude each other',
    text: withChecks('{ metric: latencyP99, min: 2s, max: 500ms }'),
    says: 'c.yaml:8:37 checks[0].min: No value can be within these bounds; expected min at most max (500), got 2000 (bounds.order)',
  },
  {
    title: 'a rate above 1',
    text: withChecks('{ metric: errorRate, max: 5 }'),
    says: 'c.yaml:8:36 checks[0].max: errorRate is a fraction; expected a fraction from 0 to 1, e.g. 0.01 for 1 %, got 5, which is 500 %. If 5 % is meant, write 0.05 (bounds.fraction)',
  },
  {
    title: 'a time for a rate',
    text: withChecks('{ metric: errorRate, max: 500ms }'),
    says: 'c.yaml:8:36 checks[0].max: errorRate is a share of requests; expected a share such as 1% or 0.01, got "500ms" (units.bound)',
  },
  {
    title: 'a rate for a time',
    text: withChecks('{ metric: latencyP99, max: 5% }'),
    says: 'c.yaml:8:37 checks[0].max: latencyP99 is a time; expected a time such as 500ms or 1.5s, got "5%" (units.bound)',
  },
  {
    title: 'a time whose unit is spelled out',
    text: withChecks('{ metric: latencyP99, max: 2 seconds }'),
    says: 'c.yaml:8:37 checks[0].max: latencyP99 is a time; expected a time such as 500ms or 1.5s, got "2 seconds". Write 2s (units.bound)',
  },
  {
    title: 'a time for a request rate',
    text: withChecks('{ metric: requestRate, min: 5s }'),
    says: 'c.yaml:8:38 checks[0].min: requestRate counts requests per second; expected a number such as 100 or 100/s, got "5s" (units.bound)',
  },
  {
    title: 'a percentage of a value that only the query knows',
    text: withChecks('{ name: queue, query: up, max: 5% }'),
    says: 'c.yaml:8:41 checks[0].max: A named value has the unit that its query gives it; expected a plain number, got "5%". Write the number that the query returns at that bound (units.bound)',
  },
  {
    title: 'a bound that is no number',
    text: withChecks('{ metric: errorRate, max: true }'),
    says: 'c.yaml:8:36 checks[0].max: This is not a bound; expected a number, 1% or 500ms, got true (units.bound)',
  },
  {
    title: 'an increase in words',
    text: withChecks('{ metric: errorRate, maxIncrease: lots }'),
    says: 'c.yaml:8:44 checks[0].maxIncrease: This is not an increase; expected an increase over the baseline such as 50% or 0.5, got "lots" (units.increase)',
  },
  {
    title: 'an increase below nothing',
    text: withChecks('{ metric: errorRate, maxIncrease: -10% }'),
    says: 'c.yaml:8:44 checks[0].maxIncrease: This cannot be an increase over the baseline; expected 0 (no worse) or more: 0.5 is half as much again, got -0.1 (checks.increase)',
  },
  {
    title: 'an increase of a named value',
    text: withChecks('{ name: queue, query: up, maxIncrease: 10% }'),
    says: 'c.yaml:8:49 checks[0].maxIncrease: Only a share of requests can be compared with the baseline; expected errorRate, successRate, latencyP50, latencyP95, latencyP99, got "queue". Use max or min (checks.proportion)',
  },
  {
    title: 'an increase of a request rate',
    text: withChecks('{ metric: requestRate, maxIncrease: 10% }'),
    says: 'c.yaml:8:46 checks[0].maxIncrease: Only a share of requests can be compared with the baseline; expected errorRate, successRate, latencyP50, latencyP95, latencyP99, got "requestRate". Use max or min (checks.proportion)',
  },
  {
    title: 'limits where nothing is measured',
    text: withChecks('{ metric: errorRate, maxIncrease: 10%, failureLimit: 2 }'),
    says: 'c.yaml:8:10 checks[0]: failureLimit count measurements of max or min, and this check only compares with the baseline; expected max or min beside them, got maxIncrease alone (checks.limits)',
  },
  {
    title: 'limits that contradict the count',
    text: withChecks('{ metric: errorRate, max: 1%, failureLimit: 5, count: 3 }'),
    says: 'c.yaml:8:64 checks[0].count: There are fewer measurements than the limits speak of; expected at least failureLimit + consecutiveSuccessLimit (5 + 0), got 3 (limits.count)',
  },
  {
    title: 'half a failure',
    text: withChecks('{ metric: errorRate, max: 1%, failureLimit: 1.5 }'),
    says: 'c.yaml:8:54 checks[0].failureLimit: This cannot be a limit; expected a whole number from 0 to 1,000,000, or -1 for no limit, got 1.5 (limits.whole)',
  },
  {
    title: 'two checks of one metric',
    text: withChecks('{ metric: errorRate, max: 1%, maxIncrease: 10% }, { metric: errorRate, max: 2% }'),
    says: 'c.yaml:8:60 checks[1]: Two checks of the same kind look at errorRate; expected one check for all that is said about a metric, got checks[0] and checks[1]. Put both bounds into one check, or take one of them out (checks.repeated)',
  },
  {
    title: 'proof of being no worse at all',
    text: withMore(`proof: evidence
checks: [{ metric: errorRate, maxIncrease: 0 }]`),
    says: 'c.yaml:9:44 checks[0].maxIncrease: That a candidate is no worse at all cannot be proven, however much traffic it gets; expected a margin above 0 where proof: evidence is asked for, e.g. 0.1, got 0 (proof.margin)',
  },
  {
    title: 'a template that nothing fills in',
    text: withChecks(`{ name: q, query: 'x{v="{{versio}}"}', max: 1 }`),
    says: 'c.yaml:8:28 checks[0].query: Nothing fills in {{versio}}; expected {{service}}, {{backend}}, {{version}}, got {{versio}}. Did you mean version? (query.template)',
  },
  {
    title: 'a template without its end',
    text: withChecks(`{ name: q, query: 'x{v="{{version"}', max: 1 }`),
    says: 'c.yaml:8:28 checks[0].query: A template variable has no end; expected {{service}}, {{backend}}, {{version}}, got {{. Close it: {{version}} (query.template)',
  },
  {
    title: 'a version asked for that nobody names',
    text: `apiVersion: headgate/v1
kind: Canary
service: checkout
checks: [{ name: q, query: 'x{v="{{version}}"}', max: 1 }]
`,
    says: 'c.yaml:4:28 checks[0].query: The query asks for the version, which nobody names; expected {{service}}, {{backend}}, {{version}}, got {{version}}. Add version:, or say --version (query.template)',
  },
];
