/** How many stages a plan may have. */
export const MOST_STAGES = 50;
