import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that wait longest, for processes, intervals and time-outs that are as they are, the longest first. */
const WAITING: readonly string[] = [
  'dev/survival',
  'e2e/faults',
  'e2e/cli',
  'e2e/other-services',
  'e2e/data-plane-faults-envoy',
  'e2e/guard-alone',
  'bench/chaos/round',
  'e2e/guarded-again',
  'adapters/metrics/envoy',
  'bench/abort',
  'e2e/what-serves',
  'adapters/prometheus/gateway',
  'e2e/data-plane-faults',
  'e2e/worker',
  'adapters/prometheus/haproxy',
  'adapters/prometheus/envoy',
  'e2e/undo',
  'e2e/backtest',
  'e2e/prometheus',
  'e2e/messages',
  'adapters/routers/envoy/contract',
  'e2e/rollback-policy',
  'e2e/journal-away',
  'e2e/start-and-wait',
  'e2e/worker-versions',
  'e2e/take-over',
  'e2e/kill',
  'worker/crowd',
  'e2e/client',
  'dev/dev',
  'e2e/canary',
];

const TESTS = fileURLToPath(new URL('..', import.meta.url));

/**
 * A run ends with its last file: what waits long starts first, then the larger files, on every machine alike. What only
 * computes fills what is left of the processors at the end.
 */
export class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve([...files].sort((a, b) => rankOf(a) - rankOf(b) || sizeOf(b) - sizeOf(a)));
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  const waits = WAITING.indexOf(relative(TESTS, moduleId).replace(/\.test\.ts$/, ''));
  if (waits >= 0) return waits;
  return WAITING.length + (project.name === 'temporal' ? 0 : 1);
}

function sizeOf({ moduleId }: TestSpecification): number {
  return statSync(moduleId).size;
}
