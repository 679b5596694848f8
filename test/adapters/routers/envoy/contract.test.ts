import { describeTrafficRouter } from '../../../contract/traffic-router.js';
import { describeOnEnvoy } from '../../../helpers/envoy-server.js';
import { startEnvoyPlane } from '../../envoy/envoy-plane.js';

await describeOnEnvoy('Envoys that share an RDS file', (executable) => {
  describeTrafficRouter('envoy, users known by a header', {
    sharesState: true,
    start: (setup) => startEnvoyPlane(setup, { executable, sticky: { header: 'x-user' } }),
  });
});

await describeOnEnvoy('Envoys with an RDS file each', (executable) => {
  describeTrafficRouter('envoy, users known by a cookie', {
    shareRequests: 2000,
    start: (setup) => startEnvoyPlane(setup, { executable, sticky: { cookie: 'shop-user' }, files: 'one each' }),
  });
});
