import { adviceOnBound } from '../domain/analysis/latency-bounds.js';
import type { HeadgateError } from '../domain/errors.js';
import type { Fault, Remark } from './finding.js';

/** What is wrong, what was expected instead, and what to do. */
export interface FaultWords {
  readonly message: string;
  readonly expected: string;
  /** Where it says more than the message does. */
  readonly got?: string | undefined;
  readonly remedy: string;
}

/** A fault in English. */
export function wordsOf(fault: Fault): FaultWords {
  switch (fault.code) {
    case 'serviceUnknown':
      return statement(fault.error, 'a service that the worker knows', 'Look at headgate.yaml');
    case 'routerUnavailable':
      return statement(
        fault.error,
        'a router that answers',
        'Start it, or correct its address under routers: in headgate.yaml',
      );
    case 'instanceUnreachable':
      return {
        message: `${fault.instance} cannot be read: ${fault.reason}`,
        expected: 'every configured instance of the router reachable',
        remedy: 'Start it, or take it out of headgate.yaml if it is gone for good',
      };
    case 'weightsNotLasting':
      return {
        message: `${fault.instance}: ${fault.reason}`,
        expected: 'weights that outlive a restart of the router',
        remedy: 'Give the worker the right to write there, or correct the path in headgate.yaml',
      };
    case 'rolesUnclear':
      return fault.problem;
    case 'splitImpossible':
      return fault.obstacle;
    case 'candidateUnhealthy':
      return {
        message: `${fault.backend} is not healthy: GET ${fault.url} ${fault.reason}`,
        expected: 'an answer with status 2xx',
        remedy: `Start the new version on ${fault.backend}, or look at its log`,
      };
    case 'candidateDown':
      return {
        message: `${fault.backend} is not up: GET ${fault.url} ${fault.reason}`,
        expected: 'a server that answers, whatever it says',
        remedy: `Start the new version on ${fault.backend}, or correct its url in headgate.yaml`,
      };
    case 'countsUnavailable':
      return unavailable('traffic counts', fault.error);
    case 'noData':
      return {
        message: `the metric source has no data of ${fault.backend}, which has all the traffic`,
        expected: 'counts of the last minutes',
        got: 'no data',
        remedy:
          'Look whether the data plane is scraped, and whether route: and target: in headgate.yaml are its labels',
      };
    case 'latenciesMissing':
      return {
        message: 'a check asks for latencies, and the metric source counts none',
        expected: 'a latency histogram',
        got: 'requests and errors only',
        remedy: 'Leave the check out, ask a query of your own for it, or name a source that has a histogram',
      };
    case 'intervalTooShort':
      return wordsOnInterval(fault);
    case 'queryUnavailable':
    case 'sourceUnknown':
      return unavailable(`"${fault.name}"`, fault.error);
    case 'queryWithoutValue': {
      const value = fault.value === 'no-data' ? 'nothing' : String(fault.value);
      return {
        message: `"${fault.name}" returns ${value} for ${fault.backend}: ${fault.query}`,
        expected: 'one finite number',
        remedy: 'Run the query by hand and correct it in the specification',
      };
    }
  }
}

/** A remark in English. */
export function sentenceOf(remark: Remark): string {
  switch (remark.code) {
    case 'candidateWithoutUrl':
      return `${remark.backend} has no url in headgate.yaml: it cannot be probed`;
    case 'answersAnything':
      return answersAnything(remark);
    case 'noTraffic':
      return noTraffic(remark);
    case 'boundBetweenEdges':
      return adviceOnBound(remark.bound);
    case 'hookCannotWork':
      return `the hook ${remark.hook} (${remark.moments.join(', ')}) cannot work: ${remark.message}. ${remark.remedy}`;
    case 'caveat':
      return remark.message;
  }
}

function answersAnything({ backend, url, endpoints }: Extract<Remark, { code: 'answersAnything' }>): string {
  return (
    `${backend} answers a path that cannot be there as it answers ${endpoints.join(' and ')} (GET ${url}): ` +
    'that says nothing about its health; ask for something in the body, by contains: or json:'
  );
}

export function noTraffic({ backend, windowMs }: { readonly backend: string; readonly windowMs: number }): string {
  return `${backend} had no traffic in the last ${String(windowMs / 1000)} s: stages will wait for requests`;
}

function wordsOnInterval({ intervalMs, resolutionMs }: Extract<Fault, { code: 'intervalTooShort' }>): FaultWords {
  const least = seconds(2 * resolutionMs);
  return {
    message:
      `the metric source looks every ${seconds(resolutionMs)}, and the monitoring interval is ${seconds(intervalMs)}: ` +
      `intervals without data will hold the rollout; make it ${least} or more`,
    expected: `at least ${least}, twice as long`,
    got: seconds(intervalMs),
    remedy: 'Make monitoringInterval longer, or scrape more often',
  };
}

function seconds(ms: number): string {
  return `${String(Math.round(ms / 100) / 10)} s`;
}

function statement({ message, expected, got, remedy }: HeadgateError, otherwise: string, help: string): FaultWords {
  return { message, expected: expected ?? otherwise, got, remedy: remedy ?? help };
}

function unavailable(what: string, error: HeadgateError): FaultWords {
  const words = statement(
    error,
    'a metric source that answers',
    'Start it, or correct its address under metrics: in headgate.yaml',
  );
  return { ...words, message: `${what} cannot be had: ${words.message}` };
}
