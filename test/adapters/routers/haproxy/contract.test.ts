import { describeOn } from '../../../helpers/real-servers.js';
import { HAPROXY } from '../../haproxy/haproxy-server.js';
import { describeTrafficRouter } from '../../../contract/traffic-router.js';
import { startHaproxyPlane } from '../../haproxy/haproxy-plane.js';

describeOn(HAPROXY, 'router "haproxy"', (executable) => {
  describeTrafficRouter('haproxy, users known by a cookie', {
    start: (setup) => startHaproxyPlane(executable, setup),
  });
});
