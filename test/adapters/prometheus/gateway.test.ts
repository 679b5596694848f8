import { TEMPLATES } from '../../../src/adapters/metrics/prometheus/selectors.js';
import { describeMetricSource } from '../../contract/metric-source.js';
import { PROMETHEUS } from '../../helpers/prometheus-server.js';
import { describeOn } from '../../helpers/real-servers.js';
import { startGatewayPlane } from '../gateway/gateway-plane.js';
import { withPrometheus } from './scraped-plane.js';

describeOn(PROMETHEUS, 'on a real Prometheus that scrapes gateways', (executable) => {
  describeMetricSource('prometheus, template gateway', {
    async start(setup) {
      const plane = await startGatewayPlane(setup, { sticky: { header: 'x-user' }, grainMs: 100 });
      const targets = plane.instances.map((url) => new URL(url).host);
      return withPrometheus(plane, {
        executable,
        jobs: [{ job: 'gateway', targets }],
        selectors: TEMPLATES.gateway,
      });
    },
  });
});
