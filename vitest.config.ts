import { defineConfig } from 'vitest/config';

/** Folders whose suites need a Temporal server; without one of them in a run none is started. */
const ON_TEMPORAL = ['e2e', 'workflows', 'worker', 'client'].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    // Worker threads crash at exit under Temporal's native core.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ON_TEMPORAL } },
      {
        extends: true,
        test: { name: 'temporal', include: ON_TEMPORAL, globalSetup: ['test/setup/temporal-server.ts'] },
      },
    ],
  },
});
