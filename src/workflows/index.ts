export { canaryRollout } from './canary-rollout.js';
export { keepRecord } from './keep-record.js';
export { stopTheLine } from './stop-the-line.js';
