import { expect, test } from 'vitest';
import { runEnvoy } from '../../bench/envoy/envoy.js';
import { SMOKE } from '../../bench/abort/settings.js';
import { describeOnEnvoy } from '../helpers/envoy-server.js';

await describeOnEnvoy('the Envoy benchmark', (executable) => {
  test('measures single changes and all at once, which are few writes', async () => {
    const figures = await runEnvoy(executable, SMOKE, () => undefined);
    expect(figures.singleReadBackMs.p50).toBeGreaterThan(0);
    expect(figures.singleSeenMs.count).toBe(SMOKE.singleAborts);
    expect(figures.togetherMs).toBeGreaterThan(0);
    expect(figures.togetherFileWrites).toBeLessThanOrEqual(2);
  });
});
