import { z } from 'zod';
import { human, map } from '../reading/schema.js';
import { GUARD_OPTIONS, minutes, seconds } from '../staged-traffic/option-parts.js';
import { readFraction } from '../units/share.js';

const config = z.record(z.string(), z.unknown()).optional();

/** A blue-green rollout as a program writes it: numbers in the units that their names say. */
export const blueGreenOptionsSchema = map({
  name: z.string().optional(),
  service: z.string(),
  version: z.string().optional(),
  blueConfig: config,
  greenConfig: config,
  healthCheckInterval: seconds().optional(),
  rollbackThreshold: human(readFraction, { description: 'a fraction' }).optional(),
  switchWhen: z.enum(['manual', 'healthy']).optional(),
  approval: map({
    timeoutMinutes: minutes().nullable().optional(),
    onTimeout: z.enum(['abort', 'hold']).optional(),
  }).optional(),
  ...GUARD_OPTIONS,
});

export type WrittenBlueGreen = z.output<typeof blueGreenOptionsSchema>;
