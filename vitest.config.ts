import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/setup/longest-first.js';
import { MissingServersReporter } from './test/setup/missing-servers-reporter.js';

/** Folders whose suites need a Temporal server; without one of them in a run none is started. */
const ON_TEMPORAL = [
  ...['e2e', 'workflows', 'worker', 'client', 'kinds'].map((folder) => `test/${folder}/**/*.test.ts`),
  'test/helpers/time-skipping.test.ts',
];

/** Suites that change for the whole process what others rely on. */
const ALONE = ['test/files/power-cut.test.ts'];

/** More than there are cores: most files wait for others' time to pass, and leave the processor to the next one. */
const FILES_AT_ONCE = 6;

/** Where `.ci/run` reads how many tests passed. */
const RESULTS_FILE = '.headgate/test-results.json';

export default defineConfig({
  test: {
    // Worker threads crash at exit under Temporal's native core.
    pool: 'forks',
    // Many processes on few cores: threads beside each other would only change places.
    execArgv: ['--single-threaded-gc', '--max-semi-space-size=64'],
    // To load everything anew for each file takes longer than the tests of most.
    isolate: false,
    maxWorkers: FILES_AT_ONCE,
    sequence: { sequencer: LongestFirst },
    // What a test waits for has deadlines of its own, which say what it was.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    reporters: ['default', new MissingServersReporter(), ...(process.env['CI'] === 'true' ? ['json'] : [])],
    outputFile: { json: RESULTS_FILE },
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE, isolate: true } },
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...ON_TEMPORAL, ...ALONE] } },
      {
        extends: true,
        test: {
          name: 'temporal',
          include: ON_TEMPORAL,
          globalSetup: ['test/setup/temporal-server.ts'],
          setupFiles: ['test/setup/workflow-bundle.ts'],
          testTimeout: 240_000,
        },
      },
    ],
  },
});
