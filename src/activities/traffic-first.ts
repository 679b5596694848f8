import { rightOfWay } from './right-of-way.js';

/**
 * When hundreds of rollouts are stopped at once, or one after the other, all of them are at 0 % before anything else is
 * done for one. What happens to a few is nobody's hindrance.
 */
export const trafficFirst = rightOfWay({ windowMs: 1000, few: 5, longestWaitMs: 20_000 });
