import { z } from 'zod';
import { human, map } from '../reading/schema.js';
import {
  advanceOnEvidence,
  apiVersion,
  approval,
  duration,
  GUARD_FIELDS,
  WHO_FIELDS,
} from '../staged-traffic/file-parts.js';
import { readPercent } from '../units/share.js';

const APPROVAL_WORDS = 'This must be true, false, every-stage or a list of stage numbers';

const stage = map({
  traffic: human(readPercent, {
    description: "The candidate's share of the traffic: 5% or 0.05. Rises from stage to stage; the last is 100%.",
    type: ['string', 'number'],
    examples: ['5%', 0.05],
  }),
  duration: duration('A time.', ['10m'])
    .nullable()
    .optional()
    .describe('How long the stage lasts. The last stage may leave it out: the rollback window.'),
  advanceOnEvidence: advanceOnEvidence(),
  minDuration: duration('How soon the stage may end on proof of health.', ['2m']).optional(),
  maxDuration: duration('How long the stage may last while its verdict is unknown; then onUnknown says what follows.', [
    '1h',
  ]).optional(),
  approval: approval.optional(),
});

/** `kind: Canary` as a file says it. */
export const canaryFileSchema = map({
  apiVersion,
  kind: z.literal('Canary').describe('What kind of rollout this is.'),
  ...WHO_FIELDS,
  stages: z.array(stage).optional().describe('Shares of traffic, each held for a time. Default: 5, 25, 50 and 100 %.'),
  advanceOnEvidence: advanceOnEvidence().describe('Every stage but the last may end early, on proof of health.'),
  minDuration: duration('How soon, for every stage but the last that does not say otherwise.', ['2m']).optional(),
  maxDuration: duration('As maxDuration of a stage, for every stage but the last that does not say otherwise.', [
    '1h',
  ]).optional(),
  ...GUARD_FIELDS,
  rollbackWindow: duration('How long the last stage is guarded, the old backend warm. Default 10m.', [
    '10m',
  ]).optional(),
  autoProgression: z
    .boolean()
    .optional()
    .describe('Whether a stage that passed leads to the next by itself. Default true; false waits for a promotion.'),
  requireManualApproval: z
    .union([z.boolean(), z.literal('every-stage'), z.array(z.number())], { error: APPROVAL_WORDS })
    .optional()
    .describe('Which stages a person approves: true (before the final one), every-stage, or a list of stage numbers.'),
  holdAtEnd: z
    .boolean()
    .optional()
    .describe('The stages stop short of 100 % on purpose: wait there for a person, who then sends everybody.'),
  proof: z
    .enum(['no-harm', 'evidence'])
    .optional()
    .describe('What lets a stage pass: no evidence of harm (default), or evidence of health.'),
});

export type CanaryFile = z.output<typeof canaryFileSchema>;
