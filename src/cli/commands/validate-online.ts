import { isRemark, type Fault, type InspectionFinding } from '../../inspection/finding.js';
import { inspect, type Asked } from '../../inspection/inspect.js';
import { sentenceOf, wordsOf } from '../../inspection/words.js';
import type { Finding } from '../output/documents.js';
import type { Ports } from '../session.js';

/** What was found by looking: what is wrong, and what could be better. */
export interface Looked {
  readonly problems: readonly Finding[];
  readonly advice: readonly string[];
}

/** What the router, the candidates and the metric sources say to what is asked: reads, never moves. */
export async function lookOnline(ports: Ports, asked: readonly Asked[]): Promise<Looked> {
  const findings = (await Promise.all(asked.map((one) => inspect(ports, one)))).flat();
  return {
    problems: findings.flatMap((finding) => (isRemark(finding) || isForLater(finding) ? [] : [problemOf(finding)])),
    advice: findings.flatMap(adviceOf),
  };
}

/** The new version may be deployed between now and the start. */
function isForLater({ code }: Fault): boolean {
  return code === 'candidateUnhealthy' || code === 'candidateDown';
}

function adviceOf(finding: InspectionFinding): readonly string[] {
  if (isRemark(finding)) return [sentenceOf(finding)];
  if (!isForLater(finding)) return [];
  const { message, remedy } = wordsOf(finding);
  return [`${message}: a start would be refused. ${remedy}`];
}

function problemOf(fault: Fault): Finding {
  const [rule, path] = PLACES[fault.code];
  const { message, expected, got = null, remedy } = wordsOf(fault);
  const place = 'index' in fault ? `checks[${String(fault.index)}].query` : path;
  return { rule: `online.${rule}`, path: place, message, expected, got, remedy, at: null };
}

/** The rule that a fault breaks, and where in the file. */
const PLACES: Readonly<Record<Fault['code'], readonly [rule: string, path: string]>> = {
  serviceUnknown: ['router', 'service'],
  routerUnavailable: ['router', 'service'],
  instanceUnreachable: ['router', 'service'],
  weightsNotLasting: ['router', 'service'],
  rolesUnclear: ['weights', 'service'],
  splitImpossible: ['split', 'service'],
  candidateUnhealthy: ['candidate', 'service'],
  candidateDown: ['candidate', 'service'],
  countsUnavailable: ['metrics', 'checks'],
  noData: ['metrics', 'checks'],
  latenciesMissing: ['latency', 'checks'],
  intervalTooShort: ['interval', 'monitoringInterval'],
  queryUnavailable: ['query', 'checks'],
  sourceUnknown: ['source', 'checks'],
  queryWithoutValue: ['query', 'checks'],
};
