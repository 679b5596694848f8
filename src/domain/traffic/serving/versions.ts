import { isObject } from '../../reading/combinators.js';
import { LONGEST } from '../../rollout/bounds.js';

/** What a backend says about its version, or why that is not known. */
export type Reported =
  | {
      readonly version: string;
      /** Where it says so, for people. */
      readonly at?: string;
    }
  | {
      readonly unknown: string;
      /** Nothing is configured that could be asked. */
      readonly unasked?: true;
    };

/** A shortened commit is at least so long. */
const SHORTEST_COMMIT = 7;

/**
 * The version that stands in a field of a JSON document.
 *
 * A number is taken as it is written there: read as a number, 2.10 would be 2.1, and a long build number another one.
 */
export function versionIn(body: string, field: string): Reported {
  const fields = parsed(body);
  if (fields === null) return { unknown: `it answers something that is not a JSON object: ${body.slice(0, 80)}` };
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (typeof value !== 'string' || value === '') return { unknown: `its answer has no text or number "${field}"` };
  return value.length > LONGEST.name
    ? { unknown: `"${field}" of its answer has more than ${String(LONGEST.name)} characters` }
    : { version: value };
}

/** Numbers outside of texts become texts with the same digits. */
function parsed(body: string): Readonly<Record<string, unknown>> | null {
  const quoted = body.replaceAll(
    /("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g,
    (token, _text: string | undefined, number: string | undefined) => (number === undefined ? token : `"${number}"`),
  );
  try {
    const value: unknown = JSON.parse(quoted);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * Whether two names that are not equal are likely to mean one version: `v2.0.0` and `2.0.0`, or a commit and its first
 * characters. They count as different all the same; people are told.
 */
export function differInSpelling(a: string, b: string): boolean {
  if (a === b) return false;
  const [one, other] = [plain(a), plain(b)];
  return one === other || isShortenedCommit(one, other) || isShortenedCommit(other, one);
}

function plain(version: string): string {
  return version
    .trim()
    .toLowerCase()
    .replace(/^v(?=\d)/, '');
}

function isShortenedCommit(short: string, long: string): boolean {
  return short.length >= SHORTEST_COMMIT && /^[\da-f]+$/.test(long) && long.length === 40 && long.startsWith(short);
}
