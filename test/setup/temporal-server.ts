import type { TestProject } from 'vitest/node';
import { startTestTemporal } from '../helpers/temporal-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the one Temporal development server of this test run. */
    temporalAddress: string;
  }
}

/** One server for all files of a run: a file keeps to a task queue or namespace of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestTemporal();
  project.provide('temporalAddress', server.address);
  return () => server.stop();
}
