import { describeMetricSource } from '../../contract/metric-source.js';
import { startGatewayPlane } from '../gateway/gateway-plane.js';

describeMetricSource('gateway', {
  start: (setup) => startGatewayPlane(setup, { sticky: { header: 'x-user' }, grainMs: 100 }),
});
