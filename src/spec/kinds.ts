import { API_VERSION } from './staged-traffic/file-parts.js';
import { quote, type Flaw } from './reading/flaw.js';
import { nearest } from './reading/similar.js';

/** What belongs to the format, and comes with a later version. */
const LATER_KINDS: readonly string[] = ['Experiment', 'Flag', 'Release'];

const HEADGATE = 'headgate';

/** Keys of the format that come with a later version. */
const LATER_KEYS: readonly string[] = ['linkedFlags'];

/** A key that this version does not know yet is no typo. */
export function sayLater(flaw: Flaw): Flaw {
  const key = flaw.path[0];
  if (flaw.rule !== 'keys.unknown' || flaw.path.length !== 1 || !LATER_KEYS.includes(String(key))) return flaw;
  const message = `${String(key)} is not supported by this version yet`;
  return { rule: 'keys.later', path: flaw.path, message, remedy: 'Leave it out', onKey: true };
}

/** Why a document cannot be read as any of these kinds; empty when it says it is one that can. */
export function flawsOfKind(value: unknown, supported: readonly string[]): Flaw[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [
      {
        rule: 'type',
        path: [],
        message: 'A specification is a map of keys and values',
        expected: `apiVersion: ${API_VERSION}, kind: Canary, service: …`,
        got: quote(value),
      },
    ];
  }
  const { apiVersion, kind } = value as { readonly apiVersion?: unknown; readonly kind?: unknown };
  if (typeof apiVersion === 'string' && /^[^/]+\/v\d/.test(apiVersion) && !apiVersion.startsWith(HEADGATE)) {
    if (nearest(apiVersion, [API_VERSION]) === undefined) return [foreign(apiVersion)];
  }
  if (typeof kind !== 'string' || supported.includes(kind)) return [];
  if (LATER_KINDS.includes(kind)) {
    return [
      {
        rule: 'kind.later',
        path: ['kind'],
        message: `${kind} is not supported by this version yet`,
        expected: supported.join(' or '),
        got: kind,
      },
    ];
  }
  const meant = nearest(kind, [...supported, ...LATER_KINDS]);
  return [
    {
      rule: 'kind.unknown',
      path: ['kind'],
      message: 'There is no such kind',
      expected: [...supported, ...LATER_KINDS].join(', '),
      got: quote(kind),
      remedy: meant === undefined ? undefined : `Did you mean ${meant}?`,
    },
  ];
}

/** Its other keys are right, in their own world. */
function foreign(apiVersion: string): Flaw {
  return {
    rule: 'spec.foreign',
    path: ['apiVersion'],
    message: 'This is a file of another program',
    expected: `apiVersion: ${API_VERSION}`,
    got: quote(apiVersion),
    remedy: 'headgate init writes a specification to begin with',
  };
}
