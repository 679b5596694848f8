import type { RealServer } from '../../helpers/real-servers.js';

export const HAPROXY: RealServer = { name: 'HAProxy', executable: 'haproxy', debianPackage: 'haproxy' };
