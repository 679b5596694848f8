import { z } from 'zod';
import { human, map } from '../reading/schema.js';
import { GUARD_OPTIONS, minutes } from '../staged-traffic/option-parts.js';
import { readPercent } from '../units/share.js';

const stage = map({
  traffic: human(readPercent, { description: 'a fraction' }),
  durationMinutes: minutes().nullable().optional(),
  advanceOnEvidence: z.boolean().optional(),
  minDurationMinutes: minutes().optional(),
  maxDurationMinutes: minutes().optional(),
  approval: map({
    timeoutMinutes: minutes().nullable().optional(),
    onTimeout: z.enum(['abort', 'hold']).optional(),
  }).optional(),
});

/** A canary as a program writes it: numbers in the units that their names say. */
export const canaryOptionsSchema = map({
  name: z.string(),
  service: z.string(),
  version: z.string().optional(),
  stages: z.array(stage).optional(),
  advanceOnEvidence: z.boolean().optional(),
  minDurationMinutes: minutes().optional(),
  maxDurationMinutes: minutes().optional(),
  ...GUARD_OPTIONS,
  autoProgression: z.boolean().optional(),
  requireManualApproval: z
    .union([z.boolean(), z.literal('every-stage'), z.array(z.number())], {
      error: "This must be true, false, 'every-stage' or a list of stage numbers",
    })
    .optional(),
  holdAtEnd: z.boolean().optional(),
  proof: z.enum(['no-harm', 'evidence']).optional(),
});

export type WrittenOptions = z.output<typeof canaryOptionsSchema>;
