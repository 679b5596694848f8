import { TEMPLATES } from '../../../src/adapters/metrics/prometheus/selectors.js';
import { describeMetricSource } from '../../contract/metric-source.js';
import { PROMETHEUS } from '../../helpers/prometheus-server.js';
import { describeOn } from '../../helpers/real-servers.js';
import { startHaproxyPlane } from '../haproxy/haproxy-plane.js';
import { HAPROXY } from '../haproxy/haproxy-server.js';
import { withPrometheus } from './scraped-plane.js';

describeOn(HAPROXY, 'on real HAProxies', (haproxy) => {
  describeOn(PROMETHEUS, 'that a real Prometheus scrapes', (executable) => {
    describeMetricSource('prometheus, template haproxy', {
      async start(setup) {
        const plane = await startHaproxyPlane(haproxy, setup);
        const targets = plane.exporterUrls.map((url) => new URL(url).host);
        return withPrometheus(plane, { executable, jobs: [{ job: 'haproxy', targets }], selectors: TEMPLATES.haproxy });
      },
    });
  });
});
