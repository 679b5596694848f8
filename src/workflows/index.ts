export { canaryRollout } from './canary-rollout.js';
