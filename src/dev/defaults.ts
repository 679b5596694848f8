/** Where everything of a development environment is kept, below the working directory. */
export const DEFAULT_DIRECTORY = '.headgate';

/** Temporal's own default ports, so that its tools find the server by themselves. */
export const TEMPORAL_PORT = 7233;
export const TEMPORAL_UI_PORT = 8233;

/** Where users' requests go, and where the gateway is told what to do. */
export const GATEWAY_PORT = 8080;
export const GATEWAY_ADMIN_PORT = 8081;

/** How long the Temporal server may take until it answers. It takes about a second. */
export const TEMPORAL_READY_MS = 30_000;

/** How long the worker may take until it polls: it bundles its workflows where there is no prebuilt bundle. */
export const WORKER_READY_MS = 60_000;

/** How long a program may take to end when asked, before it is ended. */
export const STOP_GRACE_MS = 8000;
