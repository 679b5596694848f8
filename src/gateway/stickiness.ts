import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { COOKIE_MAX_AGE_SECONDS } from './defaults.js';
import type { RouteDefinition } from './options.js';

/** Who asks, as far as the route can tell. */
export interface Visitor {
  /** `null`: unknown, every request is on its own. */
  readonly key: string | null;
  /** A `Set-Cookie` value for a visitor seen for the first time. */
  readonly setCookie: string | null;
}

const STRANGER: Visitor = { key: null, setCookie: null };

export function visitorOf(request: IncomingMessage, sticky: RouteDefinition['sticky']): Visitor {
  if ('header' in sticky) {
    const value = request.headers[sticky.header.toLowerCase()];
    const key = Array.isArray(value) ? value.join(',') : value;
    return key === undefined || key === '' ? STRANGER : { key, setCookie: null };
  }
  if ('cookie' in sticky) {
    const known = cookieOf(request.headers.cookie, sticky.cookie);
    if (known !== null) return { key: known, setCookie: null };
    const key = randomUUID();
    const attributes = `Path=/; Max-Age=${String(COOKIE_MAX_AGE_SECONDS)}; HttpOnly; SameSite=Lax`;
    return { key, setCookie: `${sticky.cookie}=${key}; ${attributes}` };
  }
  return STRANGER;
}

function cookieOf(header: string | undefined, name: string): string | null {
  if (header === undefined) return null;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) {
      const value = pair.slice(equals + 1).trim();
      return value === '' ? null : value;
    }
  }
  return null;
}
