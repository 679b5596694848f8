// node scripts/test-counts.mjs RESULTS [FAILED_STEP …]: prints `N passed, N failed` as the last line of a run.
import { existsSync, readFileSync } from 'node:fs';

const [file = '', ...failedSteps] = process.argv.slice(2);

/** @type {{ numPassedTests: number, testResults: { status: string, assertionResults: { status: string }[] }[] }} */
const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { numPassedTests: 0, testResults: [] };

const failedTests = results.testResults.reduce((sum, { status, assertionResults }) => {
  const failures = assertionResults.filter((assertion) => assertion.status === 'failed').length;
  // A file that could not even be loaded has no tests that could fail.
  return sum + (status === 'failed' ? Math.max(1, failures) : failures);
}, 0);

// A run that failed without a test that did, such as a linter, still counts for one.
const stepsWithoutTests = failedSteps.filter((step) => step !== 'npm test' || failedTests === 0);
for (const step of failedSteps) process.stdout.write(`failed: ${step}\n`);

const failed = failedTests + stepsWithoutTests.length;
process.stdout.write(`${results.numPassedTests} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && existsSync(file) ? 0 : 1;
