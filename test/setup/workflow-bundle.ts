import { inject, vi } from 'vitest';
import type * as WorkflowBundle from '../../src/worker/workflow-bundle.js';

/** Every file takes the bundle that was made once for the run: making it costs seconds of processor time. */
vi.mock('../../src/worker/workflow-bundle.js', async (original) => {
  const { workflowBundle } = await original<typeof WorkflowBundle>();
  return {
    workflowBundle: (path?: string) =>
      path === undefined ? Promise.resolve({ codePath: inject('workflowBundlePath') }) : workflowBundle(path),
  };
});
