import { TEMPLATES } from '../../../src/adapters/metrics/prometheus/selectors.js';
import { describeMetricSource } from '../../contract/metric-source.js';
import { describeOnEnvoy } from '../../helpers/envoy-server.js';
import { PROMETHEUS } from '../../helpers/prometheus-server.js';
import { describeOn } from '../../helpers/real-servers.js';
import { startEnvoyPlane } from '../envoy/envoy-plane.js';
import { withPrometheus } from './scraped-plane.js';

await describeOnEnvoy('on real Envoys', (envoy) => {
  describeOn(PROMETHEUS, 'that a real Prometheus scrapes', (executable) => {
    describeMetricSource('prometheus, template envoy', {
      async start(setup) {
        const plane = await startEnvoyPlane(setup, { executable: envoy, sticky: { header: 'x-user' } });
        const targets = plane.adminUrls.map((url) => new URL(url).host);
        return withPrometheus(plane, {
          executable,
          jobs: [{ job: 'envoy', targets, path: '/stats/prometheus' }],
          selectors: TEMPLATES.envoy,
        });
      },
    });
  });
});
