import { describeMetricSource } from '../../contract/metric-source.js';
import { describeOnEnvoy } from '../../helpers/envoy-server.js';
import { startEnvoyPlane } from '../envoy/envoy-plane.js';

await describeOnEnvoy("Envoy's own counters", (executable) => {
  describeMetricSource('envoy', {
    start: (setup) => startEnvoyPlane(setup, { executable, sticky: { header: 'x-user' } }),
  });
});
