/** What the process's exit code says. One table for the program, its documentation and its tests. */
export const EXIT_CODES = {
  reached: { code: 0, meaning: 'reached what was awaited; already serves' },
  unexpected: { code: 1, meaning: 'unexpected error, outcome unknown' },
  invalid: { code: 2, meaning: 'usage, invalid specification or failed preflight: nothing started' },
  notFound: { code: 3, meaning: 'not found' },
  notAllowed: { code: 4, meaning: 'not signed in or not allowed' },
  conflict: { code: 5, meaning: 'conflict: in flight, stale stage, freeze, tier, or not taken as it stands' },
  unreachable: { code: 6, meaning: 'server, worker or router unreachable, outcome unknown' },
  rolledBack: { code: 10, meaning: 'rolled back: a check failed' },
  aborted: { code: 11, meaning: 'aborted, by a person or by a policy of the plan' },
  superseded: { code: 12, meaning: 'superseded' },
  needsHuman: { code: 13, meaning: 'a human is needed: held, awaiting an approval, rejected, approval timed out' },
  undoFailing: { code: 14, meaning: 'undo or promotion itself is failing; the message says where traffic is' },
  timedOut: { code: 124, meaning: 'waiting timed out, the rollout goes on' },
  interrupted: { code: 130, meaning: 'interrupted (Ctrl-C), detached: the rollout goes on' },
  terminated: { code: 143, meaning: 'terminated (SIGTERM), detached: the rollout goes on' },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly meaning: string }>>;

/** The name of an exit code. */
export type Exit = keyof typeof EXIT_CODES;

export function exitCodeOf(exit: Exit): number {
  return EXIT_CODES[exit].code;
}
