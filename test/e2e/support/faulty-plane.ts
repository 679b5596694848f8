import { toParts } from '../../../src/domain/percent.js';
import type { Weights } from '../../../src/domain/traffic/weights.js';
import type { MetricSource } from '../../../src/ports/metric-source.js';
import type { Relay } from '../../contract/support/relay.js';
import type { WorldPlane } from './world.js';

/**
 * A data plane of real instances, with what can happen to it past its router. What an instance does, and what its file
 * says, is written `CANDIDATE/PARTS/BASELINE`, in the order of the hash range and of 100,000 parts: `green/25000/blue`.
 */
export interface FaultyPlane extends WorldPlane {
  /** As the router names them. */
  readonly instances: readonly string[];
  /** What stands between the router and each instance. */
  readonly relays: readonly Relay[];
  /** What a running instance does, asked past everything. */
  served(instance: number, service?: string): Promise<string | undefined>;
  written(instance: number, service?: string): string | undefined;
  /** As a person does it past Headgate; resolves when the instance does it. */
  setByHand(instance: number, split: string): Promise<void>;
  /** Remembers what the file of an instance says, and puts it back when called. */
  keepFile(instance: number): () => void;
  /** Ends the process. */
  halt(instance: number): Promise<void>;
  /** Starts it again. */
  resume(instance: number): Promise<void>;
}

/** Weights as an instance has them, in the words of {@link FaultyPlane}. */
export function splitInWords([first, second]: Weights): string {
  return `${first?.backend ?? ''}/${String(toParts(first?.percent ?? 0))}/${second?.backend ?? ''}`;
}

/** For tests that are about something else than metrics. */
export const ALL_IS_WELL: MetricSource = {
  samples: ({ fromMs, toMs, stepMs }) =>
    Promise.resolve(
      Array.from({ length: Math.max(0, Math.floor((toMs - fromMs) / stepMs)) }, () => ({ requests: 100, errors: 0 })),
    ),
  scalar: () => Promise.resolve(0),
};
