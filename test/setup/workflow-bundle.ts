import { inject, vi } from 'vitest';

/** Every file takes the bundle that was made once for the run: making it costs seconds of processor time. */
vi.mock('../../src/worker/workflow-bundle.js', () => ({
  workflowBundle: () => Promise.resolve({ codePath: inject('workflowBundlePath') }),
}));
