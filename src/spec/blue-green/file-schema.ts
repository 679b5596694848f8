import { z } from 'zod';
import { map } from '../reading/schema.js';
import { apiVersion, approval, duration, GUARD_FIELDS, WHO_FIELDS } from '../staged-traffic/file-parts.js';

const environment = z
  .record(z.string(), z.unknown())
  .describe('What the prepare hook is given to bring the environment up: plain data without secrets.');

/** `kind: BlueGreen` as a file says it. */
export const blueGreenFileSchema = map({
  apiVersion,
  kind: z.literal('BlueGreen').describe('What kind of rollout this is.'),
  ...WHO_FIELDS,
  blue: environment.optional(),
  green: environment.optional(),
  switch: map({
    when: z
      .enum(['manual', 'healthy'])
      .optional()
      .describe(
        'manual (default): when a person says so; healthy: as soon as the idle environment is known to be well.',
      ),
    approval: approval.optional().describe('How long the switch is waited for, and what silence means.'),
  }).optional(),
  ...GUARD_FIELDS,
  rollbackWindow: duration('How long the old environment stays up after the switch. Default 1h.', ['1h']).optional(),
});

export type BlueGreenFile = z.output<typeof blueGreenFileSchema>;
