import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { HeadgateError } from '../domain/errors.js';
import { createAdmin } from './admin.js';
import { createClock } from './clock.js';
import { Control } from './control.js';
import {
  CLIENT_KEEP_ALIVE_MS,
  DEFAULT_DRAIN_MS,
  DEFAULT_GRAIN_MS,
  DEFAULT_RESPONSE_TIMEOUT_MS,
  DEFAULT_RETENTION_MS,
} from './defaults.js';
import { offersWebSocket, passOverUpgrade } from './foreign-upgrade.js';
import { listen, ServerCloser } from './http-server.js';
import { Identity } from './identity.js';
import { parseRoute, type GatewayOptions } from './options.js';
import { GatewayPrometheus } from './prometheus.js';
import { RouteTable } from './route-table.js';
import { createTraffic } from './traffic.js';

/** A running data plane. */
export interface Gateway {
  /** Where users' requests go. */
  readonly trafficUrl: string;
  /** Where it is told what to do. */
  readonly adminUrl: string;
  /** Takes no new requests, lets those in flight finish, and resolves when nothing is left. */
  close(): Promise<void>;
}

/** A command that has arrived is answered before the admin API goes away. */
const ADMIN_DRAIN_MS = 1000;

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/**
 * Starts the embedded data plane: splits each route's traffic between its backends, sticky and monotone.
 *
 * @throws HeadgateError `INVALID_ROUTE`, `AMBIGUOUS_ROUTE`, `UNKNOWN_BACKEND`, `INVALID_STATE_FILE` or
 * `INVALID_ADMIN_HOST`; the system's own error when a port cannot be had.
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { trafficHost = '127.0.0.1', trafficPort = 0, adminHost = '127.0.0.1', adminPort = 0 } = options;
  if (!LOOPBACK.test(adminHost)) {
    throw new HeadgateError('INVALID_ADMIN_HOST', 'The admin API knows no passwords and stays on this machine', {
      expected: 'a loopback address, e.g. 127.0.0.1',
      got: adminHost,
    });
  }
  const identity = new Identity(options.owner ?? null);
  const table = new RouteTable();
  const prometheus = new GatewayPrometheus();
  const clock = createClock();
  const { grainMs = DEFAULT_GRAIN_MS, retentionMs = DEFAULT_RETENTION_MS } = options.ring ?? {};
  const control = new Control({
    table,
    prometheus,
    clock,
    routes: (options.routes ?? []).map(parseRoute),
    stateFile: options.stateFile,
    ring: { grainMs, retentionMs },
  });
  const { responseTimeoutMs = DEFAULT_RESPONSE_TIMEOUT_MS } = options;
  const traffic = createTraffic({ table, prometheus, clock, responseTimeoutMs });

  // An upload may take as long as it needs; only its headers may not.
  const trafficServer = createServer(
    { keepAliveTimeout: CLIENT_KEEP_ALIVE_MS, requestTimeout: 0 },
    (request, response) => traffic.handle(request, response),
  );
  trafficServer.on('upgrade', (request, socket: Socket, head) => {
    if (offersWebSocket(request)) traffic.upgrade(request, socket, head);
    else passOverUpgrade(trafficServer, request, socket, head);
  });
  const adminServer = createServer(
    { keepAliveTimeout: CLIENT_KEEP_ALIVE_MS },
    createAdmin({ identity, control, table, prometheus, clock }),
  );
  const trafficCloser = new ServerCloser(trafficServer);
  const adminCloser = new ServerCloser(adminServer);

  const trafficUrl = await listen(trafficServer, trafficHost, trafficPort);
  identity.listensAt(trafficUrl);
  let adminUrl: string;
  try {
    adminUrl = await listen(adminServer, adminHost, adminPort);
  } catch (error) {
    await trafficCloser.close(0);
    throw error;
  }
  let closing: Promise<void> | null = null;

  async function drainAndClose(): Promise<void> {
    traffic.drain();
    await trafficCloser.close(options.drainMs ?? DEFAULT_DRAIN_MS);
    traffic.close();
    await adminCloser.close(ADMIN_DRAIN_MS);
  }

  return {
    trafficUrl,
    adminUrl,
    close: () => (closing ??= drainAndClose()),
  };
}
