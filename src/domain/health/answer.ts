import { tokensOf, valueAt } from '../json-pointer.js';
import { quoted, shown } from '../reading/problems.js';
import { cut, oneLine } from '../text.js';
import type { EndpointCheck, HealthEndpoint, JsonExpectation } from './health-plan.js';

/** What a backend answered to a probe. */
export interface ProbeAnswer {
  readonly status: number;
  /** Where a redirect leads. Absent: nowhere. */
  readonly location?: string;
  readonly body: string;
  /** The body is longer than what was read of it. */
  readonly isCut: boolean;
  readonly latencyMs: number;
}

/** So much of a body stands in a reason. */
const EXCERPT = 200;

/** Who asks without credentials learns nothing of health: it is the question that is wrong. */
const NOT_ALLOWED: readonly number[] = [401, 403];

/** Why an answer is not a healthy one; `null` when it is. */
export function faultOf(answer: ProbeAnswer, endpoint: HealthEndpoint): string | null {
  const check: Partial<EndpointCheck> = typeof endpoint === 'string' ? {} : endpoint;
  return (
    faultOfStatus(answer, check) ??
    (check.contains === undefined ? null : faultOfText(answer, check.contains)) ??
    (check.json === undefined ? null : faultOfJson(answer, check.json)) ??
    faultOfLatency(answer, check)
  );
}

function faultOfStatus({ status, location, body }: ProbeAnswer, check: Partial<EndpointCheck>): string | null {
  const isWanted = check.status === undefined ? status >= 200 && status < 300 : status === check.status;
  if (isWanted) return null;
  const wanted = check.status === undefined ? '' : `, ${String(check.status)} is wanted`;
  if (NOT_ALLOWED.includes(status))
    return `answered ${String(status)}${wanted}: the check is faulty, because it has no credentials; name a path that needs none`;
  if (location !== undefined)
    return `answered ${String(status)}${wanted}: a redirect to ${addressIn(location)}, which is not followed`;
  const excerpt = body.trim().slice(0, EXCERPT);
  return `answered ${String(status)}${wanted}${excerpt === '' ? '' : `: ${excerpt}`}`;
}

/** Without what may be a secret. */
function addressIn(location: string): string {
  return cut(oneLine(location.split(/[?#]/)[0] ?? ''), EXCERPT);
}

function faultOfText({ status, body, isCut }: ProbeAnswer, contains: string): string | null {
  if (body.includes(contains)) return null;
  return `answered ${String(status)} without ${quoted(contains)} in ${isCut ? 'what is read of its body' : 'its body'}`;
}

function faultOfJson({ status, body, isCut }: ProbeAnswer, { pointer, equals }: JsonExpectation): string | null {
  const document = parsed(body);
  if (document === undefined)
    return `answered ${String(status)} with ${isCut ? 'more JSON than is read' : 'a body that is not JSON'}`;
  const value = valueAt(document.value, tokensOf(pointer) ?? []);
  return value === equals
    ? null
    : `answered ${String(status)} with ${shown(value)} at ${pointer === '' ? 'the top' : pointer}, ${shown(equals)} is wanted`;
}

function parsed(body: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    return undefined;
  }
}

function faultOfLatency({ latencyMs }: ProbeAnswer, { maxLatencyMs }: Partial<EndpointCheck>): string | null {
  if (maxLatencyMs === undefined || latencyMs <= maxLatencyMs) return null;
  return `took ${String(Math.round(latencyMs))} ms, at most ${String(maxLatencyMs)} ms are wanted`;
}
