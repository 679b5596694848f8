import { HeadgateError } from '../domain/errors.js';
import { refuse, type Read } from './units/read.js';

/** Names a secret without telling it: `env:NAME` or `file:PATH`. */
export type SecretRef = `env:${string}` | `file:${string}`;

const REFERENCE = /^(env:[A-Za-z_]\w*|file:.+)$/;
const SECRET_KEY = /^(.*[-_.])?(password|passwd|secret|token|credentials?|authorization|api[-_]?key|private[-_]?key)$/i;
const CAMEL_SECRET_KEY = /[a-z](Password|Secret|Token|Credentials?|ApiKey|PrivateKey)$/;

/** Shapes that only secrets have: a URL with a password, private keys, tokens of common makers. */
const SECRET_TEXT = [
  /\b[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(bearer|basic) [\w+/.=-]{16,}/i,
  /\b(ghp|gho|ghs|github_pat|glpat|xox[abp]|sk_live|sk-ant|whsec)[_-][\w-]{8,}/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\./,
];

/** The rule that an inline secret breaks. */
export const INLINE_SECRET = 'secrets.inline';

/** What is said instead of one. */
export const HIDDEN_SECRET = 'a secret (not shown)';

const EXPECTED = 'a reference: env:NAME or file:PATH';
const HIDDEN = '…';

export function isSecretRef(value: unknown): value is SecretRef {
  return typeof value === 'string' && REFERENCE.test(value);
}

/** A secret by reference. */
export function readSecretRef(given: unknown): Read<SecretRef> {
  if (isSecretRef(given)) return { value: given };
  return refuse(INLINE_SECRET, 'A secret is given by reference only', EXPECTED, SECRET_REMEDY);
}

export const SECRET_REMEDY =
  'Put it into an environment variable or a file, write env:NAME or file:PATH here, and replace the secret: others may have read it';

/** Whether `value` under `key` is, or looks like, a secret itself. */
export function isInlineSecret(key: string, value: unknown): boolean {
  if (typeof value !== 'string' || value === '' || isSecretRef(value)) return false;
  return isSecretKey(key) || SECRET_TEXT.some((shape) => shape.test(value));
}

function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) || CAMEL_SECRET_KEY.test(key);
}

/** For `JSON.stringify`: hides what looks like a secret. */
export function withoutSecrets(key: string, value: unknown): unknown {
  return isInlineSecret(key, value) ? HIDDEN : value;
}

/** Thrown when a secret that is named cannot be had. Names the reference, never the secret. */
export class SecretUnavailableError extends HeadgateError {
  constructor(ref: SecretRef, expected: string, cause?: unknown) {
    super('SECRET_UNAVAILABLE', `The secret ${ref} cannot be had`, {
      expected,
      remedy: `Set it where this process runs, or correct the reference`,
      cause,
    });
  }
}
