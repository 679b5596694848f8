import { describeTrafficRouter } from '../../contract/traffic-router.js';
import { startGatewayPlane } from '../gateway/gateway-plane.js';

describeTrafficRouter('gateway, users known by a header', {
  start: (setup) => startGatewayPlane(setup, { sticky: { header: 'x-user' } }),
});

describeTrafficRouter('gateway, users known by a cookie', {
  shareRequests: 2000,
  start: (setup) => startGatewayPlane(setup, { sticky: { cookie: 'shop-user' } }),
});
