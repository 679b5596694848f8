import { resolve } from 'node:path';
import { z } from 'zod';
import { human, map } from '../../spec/reading/schema.js';
import { refuse, type Read } from '../../spec/units/read.js';
import { DEFAULT_INSTANCE_TIMEOUT_MS } from '../defaults.js';
import { duration } from '../fields.js';
import type { HaproxyRouterConfig } from '../types.js';

/** One word of a runtime command, whatever else it may be. */
const MAP_NAME = /^[\w./@%+-]{1,500}$/;

const HOST_AND_PORT = /^(?:\[[^\]]+\]|[^:[\]/\s]+):(\d{1,5})$/;
const LARGEST_PORT = 65_535;

const instance = map({
  socket: human(readSocket, {
    description: 'The runtime socket ("stats socket") of one instance: a path, or host:port.',
    type: 'string',
    examples: ['/run/haproxy/admin.sock', '127.0.0.1:9999'],
  }),
  mapFile: human(readMapFile, {
    description:
      'The file of the map as the worker reaches it, so that a reload keeps the share; false: it does not. Default for a socket that is a path: map.',
    type: ['string', 'boolean'],
  }).optional(),
});

export const haproxyRouterSchema = map({
  kind: z.literal('haproxy').describe('HAProxy, split by an entry of a map.'),
  map: human(readMapName, {
    description: 'The map, as haproxy.cfg names it.',
    type: 'string',
    examples: ['/etc/haproxy/share.map'],
  }),
  instances: z.array(instance).min(1).describe('Every instance.'),
  timeout: duration('How long an instance may take to answer. Default 2s.', '2s').optional(),
});

type WrittenHaproxy = z.output<typeof haproxyRouterSchema>;

/** Paths are relative to the folder of the configuration; the name of the map is HAProxy's own. */
export function haproxyRouter(written: WrittenHaproxy, folder: string): HaproxyRouterConfig {
  const { kind, map: mapName, instances, timeout } = written;
  const fileOf = ({ socket, mapFile }: WrittenHaproxy['instances'][number]): string | null => {
    if (mapFile === false || (mapFile === undefined && !isPath(socket))) return null;
    return resolve(folder, mapFile ?? mapName);
  };
  return {
    kind,
    map: mapName,
    instances: instances.map((one) => ({
      socket: isPath(one.socket) ? resolve(folder, one.socket) : one.socket,
      mapFile: fileOf(one),
    })),
    timeoutMs: timeout ?? DEFAULT_INSTANCE_TIMEOUT_MS,
  };
}

export function warningsOfHaproxy(routers: Readonly<Record<string, { readonly kind: string }>>): string[] {
  return Object.entries(routers).flatMap(([name, router]) =>
    isWrittenHaproxy(router)
      ? router.instances
          .filter(({ socket, mapFile }) => mapFile === undefined && !isPath(socket))
          .map(({ socket }) => `routers.${name}: without mapFile, ${socket} loses the share at its next reload`)
      : [],
  );
}

function isWrittenHaproxy(router: { readonly kind: string }): router is WrittenHaproxy {
  return router.kind === 'haproxy';
}

function isPath(socket: string): boolean {
  return socket.includes('/');
}

function readSocket(given: unknown): Read<string> {
  const text = typeof given === 'string' ? given : '';
  const [, port] = HOST_AND_PORT.exec(text) ?? [];
  if (port !== undefined && Number(port) > 0 && Number(port) <= LARGEST_PORT) return { value: text };
  const [, prefix, bare] = /^(unix@|unix:|ipv[46]@)(.+)$/.exec(text) ?? [];
  if (prefix === undefined && port === undefined && isPath(text)) return { value: text };
  return refuse(
    'haproxy.socket',
    'This is not where a runtime socket can be',
    'a path with a "/" such as /run/haproxy/admin.sock, or host:port',
    bare === undefined ? undefined : `Write ${bare}`,
  );
}

function readMapFile(given: unknown): Read<string | false> {
  if (given === false || (typeof given === 'string' && given !== '')) return { value: given };
  return refuse('haproxy.mapFile', 'This is not where the file of a map can be', 'a path, or false');
}

function readMapName(given: unknown): Read<string> {
  if (typeof given === 'string' && MAP_NAME.test(given)) return { value: given };
  return refuse(
    'haproxy.map',
    'This cannot be the name of a map',
    'what stands in map(…) in haproxy.cfg, e.g. /etc/haproxy/share.map',
  );
}
