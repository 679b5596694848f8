export { blueGreenRollout } from './blue-green-rollout.js';
export { canaryRollout } from './canary-rollout.js';
export { keepRecord } from './keep-record.js';
export { lookAtService } from './look-at-service.js';
export { keepTelling } from './keep-telling.js';
export { stopTheLine } from './stop-the-line.js';
