import { z } from 'zod';
import type { EndpointCheck, HealthEndpoint } from '../../domain/health/health-plan.js';
import { definedOnly } from '../defined-only.js';
import { human, map } from '../reading/schema.js';
import { readDuration } from '../units/duration.js';
import { readFraction } from '../units/share.js';

const NOT_AN_ENDPOINT = 'This must be a path, or a map of a path and what is asked of it';

const expectation = {
  path: z.string().describe('A path of the backend.'),
  status: z.number().optional().describe('The status it must answer with. Default: any of 200 to 299.'),
  contains: z.string().optional().describe('A text that must stand in the body.'),
  json: map({
    pointer: z.string().describe('Where in the JSON of the body, as a JSON pointer: /database/status.'),
    equals: z
      .union([z.string(), z.number(), z.boolean(), z.null()], {
        error: 'This must be a text, a number, true, false or null',
      })
      .describe('What must stand there.'),
  })
    .optional()
    .describe('What must stand in the body, as JSON.'),
  successThreshold: human(readFraction, {
    description: 'The share of its probes that must succeed, instead of that of all endpoints.',
    examples: ['90%'],
  }).optional(),
};

const inFile = map({
  ...expectation,
  maxLatency: human(readDuration, {
    description: 'An answer that takes longer is a failure.',
    type: 'string',
    examples: ['300ms'],
  }).optional(),
});

const inProgram = map({ ...expectation, maxLatencyMs: z.number().optional() });

/** Endpoints as they stand in a file: paths, or maps of what is asked of one. */
export const endpointsInFile = z.array(z.union([z.string(), inFile], { error: NOT_AN_ENDPOINT }));

/** The same as a program writes them. */
export const endpointsInProgram = z.array(z.union([z.string(), inProgram], { error: NOT_AN_ENDPOINT }));

type Written = z.output<typeof inFile> | z.output<typeof inProgram>;

/** In the domain's words. */
export function endpointsFrom(written: readonly (string | Written)[]): readonly HealthEndpoint[] {
  return written.map((one) => (typeof one === 'string' ? one : checkFrom(one)));
}

function checkFrom({ path, ...written }: Written): EndpointCheck {
  const { maxLatency: maxLatencyMs, ...asked } =
    'maxLatency' in written ? written : { ...written, maxLatency: undefined };
  return { path, ...definedOnly({ ...asked, ...(maxLatencyMs === undefined ? {} : { maxLatencyMs }) }) };
}
