import type { BoundBetweenEdges } from '../domain/analysis/latency-bounds.js';
import type { HeadgateError } from '../domain/errors.js';
import type { RolesProblem } from '../domain/traffic/roles.js';
import type { SplitObstacle } from '../ports/traffic-router.js';

/**
 * What an inspection found: codes, names and numbers. Which faults block, the caller decides; `words.ts` has the English.
 */
export type InspectionFinding = Fault | Remark;

/** Something that may keep a rollout from being started. */
export type Fault =
  | { readonly code: 'serviceUnknown' | 'routerUnavailable' | 'countsUnavailable'; readonly error: HeadgateError }
  | { readonly code: 'instanceUnreachable'; readonly instance: string; readonly reason: string }
  /** It would forget its weights when it is restarted. */
  | { readonly code: 'weightsNotLasting'; readonly instance: string; readonly reason: string }
  | { readonly code: 'rolesUnclear'; readonly problem: RolesProblem }
  | { readonly code: 'splitImpossible'; readonly obstacle: SplitObstacle }
  /** `candidateDown`: nothing takes connections there. `url` is what was asked. */
  | {
      readonly code: 'candidateUnhealthy' | 'candidateDown';
      readonly backend: string;
      readonly url: string;
      readonly reason: string;
    }
  | { readonly code: 'noData'; readonly backend: string; readonly windowMs: number }
  | { readonly code: 'latenciesMissing' }
  | { readonly code: 'intervalTooShort'; readonly intervalMs: number; readonly resolutionMs: number }
  | QueryFault;

/** About the query of one check. */
export type QueryFault = {
  /** In the checks that were asked about. */
  readonly index: number;
  readonly name: string;
} & (
  | { readonly code: 'queryUnavailable' | 'sourceUnknown'; readonly error: HeadgateError }
  | {
      readonly code: 'queryWithoutValue';
      readonly query: string;
      readonly backend: string;
      readonly value: number | 'no-data';
    }
);

export type CandidateFinding = Extract<
  InspectionFinding,
  { readonly code: 'candidateWithoutUrl' | 'candidateUnhealthy' | 'candidateDown' }
>;

/** A hook that cannot work where this runs: it may be otherwise where the worker does. */
export interface HookRemark {
  readonly code: 'hookCannotWork';
  readonly hook: string;
  readonly moments: readonly string[];
  readonly message: string;
  readonly expected: string;
  readonly remedy: string;
}

/** Something that people should know, and that keeps nobody from starting. */
export type Remark =
  | HookRemark
  | { readonly code: 'candidateWithoutUrl'; readonly backend: string }
  /** It says to a path that cannot be there what it says to its endpoints. */
  | {
      readonly code: 'answersAnything';
      readonly backend: string;
      readonly url: string;
      readonly endpoints: readonly string[];
    }
  | { readonly code: 'noTraffic'; readonly backend: string; readonly windowMs: number }
  | { readonly code: 'boundBetweenEdges'; readonly bound: BoundBetweenEdges }
  /** What the source does not count as it is configured, in its own words. */
  | { readonly code: 'caveat'; readonly message: string };

const REMARKS: Readonly<Record<Remark['code'], true>> = {
  candidateWithoutUrl: true,
  answersAnything: true,
  noTraffic: true,
  boundBetweenEdges: true,
  caveat: true,
  hookCannotWork: true,
};

export function isRemark(finding: InspectionFinding): finding is Remark {
  return finding.code in REMARKS;
}
