import type { Warning } from '../../domain/rollout/warnings.js';
import { isRemark, type Fault, type InspectionFinding } from '../../inspection/finding.js';
import { noTraffic, sentenceOf, wordsOf } from '../../inspection/words.js';
import type { PreflightProblem } from '../contracts.js';

/** What speaks against a rollout, and what people should know. */
export interface PreflightFindings {
  readonly problems: readonly PreflightProblem[];
  readonly warnings: readonly Warning[];
}

export function joined(findings: readonly Partial<PreflightFindings>[]): PreflightFindings {
  return {
    problems: findings.flatMap(({ problems = [] }) => problems),
    warnings: findings.flatMap(({ warnings = [] }) => warnings),
  };
}

/** Every fault speaks against a rollout, but what only holds it later: that is warned of. */
export function weigh(findings: readonly InspectionFinding[]): PreflightFindings {
  return joined(findings.map(weighOne));
}

function weighOne(finding: InspectionFinding): Partial<PreflightFindings> {
  if (finding.code === 'noData' || finding.code === 'noTraffic')
    return { warnings: [{ code: 'noTraffic', message: noTraffic(finding) }] };
  if (finding.code === 'intervalTooShort') {
    const { message } = wordsOf(finding);
    return { warnings: [{ code: 'shortInterval', message, leastMs: 2 * finding.resolutionMs }] };
  }
  return isRemark(finding) ? { warnings: [sentenceOf(finding)] } : { problems: [problemOf(finding)] };
}

export function problemOf(fault: Fault): PreflightProblem {
  const { message, expected, remedy } = wordsOf(fault);
  return { subject: SUBJECTS[fault.code], message, expected, remedy };
}

const SUBJECTS: Readonly<Record<Fault['code'], string>> = {
  serviceUnknown: 'service',
  routerUnavailable: 'router',
  instanceUnreachable: 'router',
  weightsNotLasting: 'router',
  splitImpossible: 'router',
  rolesUnclear: 'weights',
  candidateUnhealthy: 'candidate',
  candidateDown: 'candidate',
  countsUnavailable: 'metrics',
  noData: 'metrics',
  latenciesMissing: 'metrics',
  intervalTooShort: 'metrics',
  queryUnavailable: 'metrics',
  sourceUnknown: 'metrics',
  queryWithoutValue: 'metrics',
};
