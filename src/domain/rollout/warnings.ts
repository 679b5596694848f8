/**
 * What ends a warning that is true only for a while: `noTraffic`, as soon as requests are seen; `noChecks`, when a policy
 * brings some; `shortInterval`, when the monitoring interval is made longer.
 */
export type WarningCode = 'noTraffic' | 'noChecks' | 'shortInterval';

export interface PassingWarning {
  readonly code: WarningCode;
  readonly message: string;
  /** Of `shortInterval`: the least interval that is long enough. */
  readonly leastMs?: number;
}

/** What people should know although nothing is held for it; a sentence stands for good. */
export type Warning = string | PassingWarning;

export function messageOfWarning(warning: Warning): string {
  return typeof warning === 'string' ? warning : warning.message;
}
