import { z } from 'zod';
import type { Read } from '../units/read.js';

/** What an editor needs to know about a value: becomes part of the JSON Schema. */
export interface Meta {
  readonly description: string;
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A map with exactly these keys. */
export function map<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  // The message of an unknown key is not for people: it carries the known ones to where a message is made of it.
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(KNOWN_KEYS_SEPARATOR) : undefined),
  });
}

export const KNOWN_KEYS_SEPARATOR = ' ';

/** A value that people write in their own way, with its unit. */
export function human<Value>(read: (given: unknown) => Read<Value>, meta: Meta): z.ZodType<Value> {
  return z
    .unknown()
    .transform((given, context): Value => {
      const result = read(given);
      if ('value' in result) return result.value;
      context.addIssue({ code: 'custom', message: result.refused.message, params: { ...result.refused } });
      return z.NEVER;
    })
    .meta({ ...meta });
}
