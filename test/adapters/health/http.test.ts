import { expect, test } from 'vitest';
import { createHttpProbe } from '../../../src/adapters/health/http.js';
import { describeHealthProbe } from '../../contract/health-probe.js';
import { startCustomBackend } from '../../gateway/support/custom-backend.js';

describeHealthProbe('http', createHttpProbe);

test.each(['/../green/health', '/..%2fgreen/health'])(
  'a probe of %s does not ask what is not below the url of the candidate [W40]',
  async (endpoint) => {
    const asked: string[] = [];
    const server = await startCustomBackend((request, response) => {
      asked.push(request.url ?? '');
      response.end('ok');
    });
    try {
      const result = await createHttpProbe().probe({ backend: 'green', url: `${server.url}/blue` }, endpoint, 10_000);
      expect(result).toMatchObject({ healthy: false, reason: expect.stringContaining('leads out of') as string });
      expect(asked).toEqual([]);
    } finally {
      await server.stop();
    }
  },
);
