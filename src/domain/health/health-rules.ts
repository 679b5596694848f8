import type { Problem } from '../errors.js';
import { tokensOf } from '../json-pointer.js';
import { quoted } from '../reading/problems.js';
import { LONGEST_INTERVAL_MS, problemsOfTime } from '../time-rules.js';
import { MOST_WINDOW_PROBES, WINDOW_PROBES } from './defaults.js';
import { pathOf, type EndpointCheck, type HealthEndpoint, type HealthPlan } from './health-plan.js';

/** Everything that is wrong with how backends are probed; `at` is where that is written. */
export function problemsOfHealth(health: HealthPlan, at = 'health'): Problem[] {
  const { endpoints, intervalMs, timeoutMs, successThreshold } = health;
  const nothing = {
    rule: 'health.endpoints',
    path: `${at}.endpoints`,
    message: 'Nothing to probe',
    expected: 'at least one path, e.g. /health',
    got: 'none',
  };
  return [
    ...problemsOfTime(`${at}.intervalMs`, intervalMs, LONGEST_INTERVAL_MS),
    ...problemsOfTime(`${at}.timeoutMs`, timeoutMs, LONGEST_INTERVAL_MS),
    ...(endpoints.length === 0 ? [nothing] : []),
    ...problemsOfEndpoints(endpoints, `${at}.endpoints`),
    ...problemsOfThreshold(successThreshold, `${at}.successThreshold`),
    ...problemsOfWindow(health, at),
  ];
}

/** The same where a part of it is left to the service. */
export function problemsOfPartialHealth(health: Partial<HealthPlan>, at = 'health'): Problem[] {
  return problemsOfHealth({ ...UNSAID, ...health }, at);
}

/** What nothing can be wrong with. */
const UNSAID: HealthPlan = { endpoints: ['/'], intervalMs: 1000, timeoutMs: 1000, successThreshold: 1 };

/** Everything that is wrong with endpoints that are named at `at`. */
export function problemsOfEndpoints(endpoints: readonly HealthEndpoint[], at: string): Problem[] {
  return [
    ...endpoints.flatMap((endpoint, index) => problemsOfEndpoint(endpoint, `${at}[${String(index)}]`)),
    ...problemsOfTwins(endpoints, at),
  ];
}

function problemsOfEndpoint(endpoint: HealthEndpoint, at: string): Problem[] {
  const own = typeof endpoint === 'string' ? [] : problemsOfCheck(endpoint, at);
  const path = pathOf(endpoint);
  if (!/^$|\s|^[a-z]+:\/\//i.test(path)) return own;
  const problem = {
    rule: 'health.path',
    path: typeof endpoint === 'string' ? at : `${at}.path`,
    message: 'An endpoint is a path of the candidate',
    expected: 'a path such as /health',
    got: quoted(path),
  };
  return [problem, ...own];
}

function problemsOfCheck({ status, contains, json, maxLatencyMs, successThreshold }: EndpointCheck, at: string) {
  const problems: Problem[] = [];
  if (status !== undefined && !isWholeWithin(status, 100, 599))
    problems.push({
      rule: 'health.status',
      path: `${at}.status`,
      message: 'This cannot be the status of an answer',
      expected: 'a whole number from 100 to 599',
      got: String(status),
    });
  if (contains === '')
    problems.push({
      rule: 'health.contains',
      path: `${at}.contains`,
      message: 'Every body contains nothing',
      expected: 'a text that stands in the body of a healthy answer',
      got: '""',
    });
  if (json !== undefined && tokensOf(json.pointer) === undefined)
    problems.push({
      rule: 'health.pointer',
      path: `${at}.json.pointer`,
      message: 'This is no JSON pointer',
      expected: 'the way to a value, e.g. /database/status',
      got: quoted(json.pointer),
    });
  return [
    ...problems,
    ...(maxLatencyMs === undefined ? [] : problemsOfTime(`${at}.maxLatencyMs`, maxLatencyMs, LONGEST_INTERVAL_MS)),
    ...(successThreshold === undefined ? [] : problemsOfThreshold(successThreshold, `${at}.successThreshold`)),
  ];
}

/** Paths are the names of endpoints: what is asked of one stands in one place. */
function problemsOfTwins(endpoints: readonly HealthEndpoint[], at: string): Problem[] {
  return endpoints.flatMap((endpoint, index) => {
    const first = endpoints.findIndex((other) => pathOf(other) === pathOf(endpoint));
    const other = endpoints[first];
    if (first === index || (typeof other === 'string' && typeof endpoint === 'string')) return [];
    const problem = {
      rule: 'health.twice',
      path: `${at}[${String(index)}]`,
      message: 'This endpoint is named already, with something else to ask of it',
      expected: 'all that is asked of a path in one place',
      got: `${quoted(pathOf(endpoint))} also in ${at}[${String(first)}]`,
    };
    return [problem];
  });
}

function problemsOfThreshold(threshold: number, path: string): Problem[] {
  if (threshold > 0 && threshold <= 1) return [];
  return [
    {
      rule: 'health.threshold',
      path,
      message: 'This cannot be a share of probes',
      expected: 'above 0 and at most 1',
      got: String(threshold),
    },
  ];
}

function problemsOfWindow(health: HealthPlan, at: string): Problem[] {
  const { windowProbes = WINDOW_PROBES } = health;
  const most = { windowProbes: MOST_WINDOW_PROBES, consecutiveFailures: windowProbes, knownFromProbes: windowProbes };
  return (['windowProbes', 'consecutiveFailures', 'knownFromProbes'] as const).flatMap((key) => {
    const count = health[key];
    if (count === undefined || isWholeWithin(count, 1, most[key])) return [];
    const problem = {
      rule: 'health.window',
      path: `${at}.${key}`,
      message: 'This cannot be a number of probes',
      expected: `a whole number from 1 to ${String(most[key])}`,
      got: String(count),
    };
    return [problem];
  });
}

function isWholeWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
