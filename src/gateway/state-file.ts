import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { HeadgateError } from '../domain/errors.js';
import { Batches } from '../files/batches.js';
import { replaceFile } from '../files/replace-file.js';
import { fenceSchema, parseWith, routeSchema, weightsSchema } from './options.js';

const stateSchema = z.strictObject({
  version: z.literal(1),
  weights: z.record(z.string(), weightsSchema),
  /** Absent in files of earlier versions. */
  fences: z.record(z.string(), fenceSchema).optional(),
  /** Routes that were added at run time, as opposed to those the gateway is started with. */
  addedRoutes: z.array(routeSchema),
});

/** What a gateway remembers over a restart. */
export type GatewayState = z.output<typeof stateSchema>;

const EMPTY: GatewayState = { version: 1, weights: {}, addedRoutes: [] };

/** @throws HeadgateError `INVALID_STATE_FILE` when it cannot be understood: starting without it would move traffic. */
export function readState(path: string): GatewayState {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return EMPTY;
    throw error;
  }
  const message = `The gateway's state file ${path} cannot be read`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new HeadgateError('INVALID_STATE_FILE', message, {
      expected: 'JSON that a gateway wrote',
      got: text.slice(0, 80),
      remedy: 'Delete the file to start with the initial weights.',
      cause,
    });
  }
  return parseWith(stateSchema, json, 'INVALID_STATE_FILE', message);
}

/** Writes the state whenever asked, one write at a time; requests that come meanwhile share the next write. */
export class StateWriter {
  private readonly saves = new Batches<undefined, void>((asked) => this.write(asked.length));

  constructor(
    private readonly path: string,
    private readonly snapshot: () => GatewayState,
  ) {}

  /** Resolves when a state at least as new as now is on disk. */
  save(): Promise<void> {
    return this.saves.add(undefined);
  }

  private async write(count: number): Promise<readonly PromiseSettledResult<void>[]> {
    await mkdir(dirname(this.path), { recursive: true });
    await replaceFile(this.path, JSON.stringify(this.snapshot()));
    return Array.from({ length: count }, () => ({ status: 'fulfilled', value: undefined }));
  }
}
