import { z } from 'zod';
import { canaryFileSchema } from './canary/file-schema.js';

/** The JSON Schema of `kind: Canary`, so that editors complete and check while somebody writes. */
export function canaryJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf(canaryFileSchema, 'A canary rollout of Headgate');
}

/** What people write, before it is read. */
export function jsonSchemaOf(schema: z.ZodType, title: string): Record<string, unknown> {
  return { title, ...z.toJSONSchema(schema, { io: 'input' }) };
}
