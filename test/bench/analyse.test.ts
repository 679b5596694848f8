import { expect, test } from 'vitest';
import { ANALYSE_SMOKE, analyseText, runAnalyse } from '../../bench/analyse/analyse.js';

test('the analyse benchmark judges every interval, and says what came out', () => {
  const said: string[] = [];
  const report = runAnalyse(ANALYSE_SMOKE, (line) => said.push(line));
  expect(report).toMatchObject({ benchmark: 'analyse', intervals: 2000, final: 'successful' });
  expect(said).toHaveLength(ANALYSE_SMOKE.runs);
  expect(analyseText(report)).toMatch(/^2000 intervals, 2 checks: .* ns each, successful$/);
});
