/** How many stages a plan may have. */
export const MOST_STAGES = 50;

/** Why a stage passed or not. */
export const MOST_CONCLUSION_BYTES = 400;
