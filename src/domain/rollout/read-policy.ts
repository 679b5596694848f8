import type { PolicyChange } from './commands.js';
import type { RollbackPolicy } from './rollback-policy.js';

type Fields = Readonly<Record<string, unknown>>;

/** Names on the wire, and in the domain; people tell a window in seconds, as every time in a message. */
const FIELDS = {
  errorRateThreshold: { key: 'errorRateThreshold', times: 1 },
  latencyIncrease: { key: 'latencyIncrease', times: 1 },
  successRateMinimum: { key: 'successRateMinimum', times: 1 },
  evaluationWindow: { key: 'evaluationWindowMs', times: 1000 },
  evaluationWindowMs: { key: 'evaluationWindowMs', times: 1 },
  consecutiveFailures: { key: 'consecutiveFailures', times: 1 },
} as const satisfies Readonly<Record<string, { key: keyof RollbackPolicy; times: number }>>;

/**
 * Reads a changed policy as people type it. What cannot be read is not left out, as in other messages: a policy without
 * one of its bounds would be a weaker one, and nobody would know.
 */
export function readPolicyChange(fields: Fields): PolicyChange {
  const unreadable: string[] = [];
  const policy = fields.policy === undefined ? undefined : readPolicy(fields.policy, unreadable);
  const { autoRollback } = fields;
  if (autoRollback !== undefined && typeof autoRollback !== 'boolean')
    unreadable.push(`autoRollback must be true or false, got ${shown(autoRollback)}`);
  return {
    ...(policy === undefined ? {} : { policy }),
    ...(typeof autoRollback === 'boolean' ? { autoRollback } : {}),
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}

function readPolicy(given: unknown, unreadable: string[]): RollbackPolicy | null | undefined {
  if (given === null) return null;
  if (typeof given !== 'object' || Array.isArray(given)) {
    unreadable.push(`policy must be an object, or null for none, got ${shown(given)}`);
    return undefined;
  }
  const policy: { -readonly [Key in keyof RollbackPolicy]: RollbackPolicy[Key] } = {};
  for (const [name, value] of Object.entries(given)) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof typeof FIELDS] : undefined;
    const number = numberIn(value);
    if (field === undefined)
      unreadable.push(`there is no policy.${name}; known here: ${Object.keys(FIELDS).join(', ')}`);
    else if (number === undefined) unreadable.push(`policy.${name} must be a number, got ${shown(value)}`);
    else policy[field.key] = number * field.times;
  }
  return policy;
}

function numberIn(value: unknown): number | undefined {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 80);
}
