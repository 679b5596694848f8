import { TestWorkflowEnvironment } from '@temporalio/testing';
import { obtainProgram } from '../../src/dev/binaries/obtain.js';
import { TEMPORAL_TEST_SERVER } from '../../src/dev/binaries/programs.js';

/**
 * A Temporal server of its own whose clock jumps ahead while a result is awaited. For one workflow at a time; it knows
 * neither lists nor search attributes. Whoever starts it ends it with `teardown()`.
 */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const { path } = await obtainProgram(TEMPORAL_TEST_SERVER, { env: process.env });
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
}
