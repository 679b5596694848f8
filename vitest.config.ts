import { defineConfig } from 'vitest/config';
import { MissingServersReporter } from './test/setup/missing-servers-reporter.js';

/** Folders whose suites need a Temporal server; without one of them in a run none is started. */
const ON_TEMPORAL = ['e2e', 'workflows', 'worker', 'client'].map((folder) => `test/${folder}/**/*.test.ts`);

/** Where `.ci/run` reads how many tests passed. */
const RESULTS_FILE = '.headgate/test-results.json';

export default defineConfig({
  test: {
    // Worker threads crash at exit under Temporal's native core.
    pool: 'forks',
    maxWorkers: 2,
    // What a test waits for has deadlines of its own, which say what it was.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    reporters: ['default', new MissingServersReporter(), ...(process.env['CI'] === 'true' ? ['json'] : [])],
    outputFile: { json: RESULTS_FILE },
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ON_TEMPORAL } },
      {
        extends: true,
        test: {
          name: 'temporal',
          include: ON_TEMPORAL,
          globalSetup: ['test/setup/temporal-server.ts'],
          testTimeout: 240_000,
        },
      },
    ],
  },
});
