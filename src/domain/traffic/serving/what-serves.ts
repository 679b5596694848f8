import type { Roles } from '../weights.js';
import type { Serves } from './serves.js';
import { differInSpelling, type Reported } from './versions.js';

/** What a service does about a candidate whose version nobody can ask for; the first is the default. */
export const UNVERIFIED_POLICIES = ['warn', 'refuse'] as const;

export type UnverifiedPolicy = (typeof UNVERIFIED_POLICIES)[number];

/** What is known when a rollout of a version is asked for. */
export interface StartQuestion {
  /** The version that is named; absent: none is. */
  readonly wanted: string | undefined;
  /** Roll it out also where it serves already. */
  readonly again: boolean;
  readonly roles: Roles;
  /** The backend that has everything; `null` where traffic is split. */
  readonly serving: string | null;
  /** What the backends themselves say, by slot. */
  readonly reported: Readonly<Record<string, Reported>>;
  /** What the rollout before left, where that is still so. */
  readonly record: Serves | null;
  readonly policy: UnverifiedPolicy;
}

export type StartAnswer =
  /** Nothing is to be moved. */
  | { readonly kind: 'alreadyServes'; readonly slot: string; readonly reason: string }
  | { readonly kind: 'goes'; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string; readonly remedy: string };

/** Whether a version is to be rolled out: not where it serves already, and not where the candidate holds another one. */
export function answerStart(question: StartQuestion): StartAnswer {
  const { wanted, again, roles, reported } = question;
  if (wanted === undefined)
    return { kind: 'goes', warnings: ['no version is named: nobody can tell whether it serves already'] };
  if (!again) {
    const serves = howItServes(question, wanted);
    if (serves !== null) return serves;
  }
  const held = reportedBy(reported, roles.candidate);
  if ('unknown' in held) return unverified(question, wanted, whyUnknown(roles.candidate, wanted, held));
  if (held.version !== wanted) return holdsAnother(roles.candidate, held, wanted);
  return isContradicted(question, wanted)
    ? unverified(question, wanted, bothReport(wanted))
    : { kind: 'goes', warnings: [] };
}

/** By the backend's own word, else by what the rollout before left. */
function howItServes(question: StartQuestion, wanted: string): StartAnswer | null {
  const { serving, reported, record } = question;
  if (serving === null) return null;
  const held = reportedBy(reported, serving);
  if ('version' in held) {
    if (held.version !== wanted || isContradicted(question, wanted)) return null;
    return {
      kind: 'alreadyServes',
      slot: serving,
      reason: `${wanted} already serves everybody: ${serving} reports it`,
    };
  }
  if (record?.slot !== serving || record.version !== wanted) return null;
  const reason = `${wanted} already serves everybody: ${record.rolloutId} left it on ${serving}, and nobody has moved traffic since`;
  return { kind: 'alreadyServes', slot: serving, reason };
}

/**
 * Both backends report the version, and by the record another one serves: one address may stand for both of them. Then it
 * is not certain that the version serves; to roll it out once more does no harm.
 */
function isContradicted({ serving, reported, record, roles }: StartQuestion, wanted: string): boolean {
  const bothReport = [roles.baseline, roles.candidate].every((slot) => {
    const held = reportedBy(reported, slot);
    return 'version' in held && held.version === wanted;
  });
  return (
    bothReport && record !== null && record.slot === serving && record.version !== null && record.version !== wanted
  );
}

function bothReport(wanted: string): string {
  return `both backends report ${wanted}, and the rollout before left another version serving: one address may stand for both`;
}

function whyUnknown(
  candidate: string,
  wanted: string,
  { unknown, unasked }: Extract<Reported, { unknown: string }>,
): string {
  return unasked === true
    ? `version ${wanted} is only a label: ${unknown}`
    : `whether ${candidate} holds ${wanted} is not known: ${unknown}`;
}

function unverified({ policy, record, serving }: StartQuestion, wanted: string, message: string): StartAnswer {
  if (policy === 'refuse')
    return {
      kind: 'refused',
      message,
      remedy: 'Let health.version ask each backend for its version, or set unverifiedVersion: warn for the service',
    };
  const served = record !== null && record.slot === serving ? record.version : null;
  const isAlike = served !== null && differInSpelling(served, wanted);
  const warnings = isAlike ? [`${served} serves, which may be ${wanted} in another spelling`] : [];
  return { kind: 'goes', warnings: [message, ...warnings] };
}

function holdsAnother(
  candidate: string,
  { version, at }: Extract<Reported, { version: string }>,
  wanted: string,
): StartAnswer {
  const remedy = differInSpelling(version, wanted)
    ? `Versions are compared letter by letter: name it as ${candidate} reports it, --version ${version}`
    : `Deploy ${wanted} to ${candidate} first, or correct version: in the specification`;
  return { kind: 'refused', message: `${candidate}${at === undefined ? '' : ` at ${at}`} reports ${version}`, remedy };
}

function reportedBy(reported: StartQuestion['reported'], slot: string): Reported {
  const said = Object.hasOwn(reported, slot) ? reported[slot] : undefined;
  return said ?? { unknown: 'nobody has asked it' };
}
