import { someOf } from '../../../domain/text.js';

/** What one instance of HAProxy answered instead of doing what it was asked. */
export class HaproxyRefusal extends Error {
  constructor(
    readonly code:
      | 'NO_MAP'
      | 'NOT_LITERAL'
      | 'NO_ENTRY'
      | 'NO_BACKEND'
      | 'SERVER_WEIGHTS'
      | 'NOT_A_SPLIT'
      | 'NO_PERMISSION'
      | 'OTHER',
    message: string,
    readonly facts: { readonly expected: string; readonly remedy: string },
  ) {
    super(message);
    this.name = 'HaproxyRefusal';
  }

  /** Whether asking again cannot help: the configuration of HAProxy, or of Headgate, has to change. */
  get isOfConfiguration(): boolean {
    return this.code !== 'OTHER' && this.code !== 'NO_PERMISSION';
  }
}

export function noMap(map: string): HaproxyRefusal {
  return new HaproxyRefusal('NO_MAP', `has not loaded the map ${map}`, {
    expected: `a haproxy.cfg that splits by map(${map})`,
    remedy: 'headgate init --router haproxy writes one to copy from; the map is named as haproxy.cfg names it',
  });
}

export function notLiteral(map: string, match: string): HaproxyRefusal {
  return new HaproxyRefusal(
    'NOT_LITERAL',
    `looks the map ${map} up by "${match}", where one entry can stand for others`,
    {
      expected: `a lookup of whole keys: map(${map}), or map_str(${map})`,
      remedy: 'Give the splits a map of their own that is looked up with map(); docs/haproxy.md shows how',
    },
  );
}

export function noEntry(map: string, key: string): HaproxyRefusal {
  return new HaproxyRefusal('NO_ENTRY', `its map ${map} has no entry ${key}`, {
    expected: `a line in ${map} such as "${key} green/0/blue"`,
    remedy:
      'Add the line, and to haproxy.cfg what looks it up, as headgate init --router haproxy writes both; then reload HAProxy. Or correct route: of the service',
  });
}

export function noBackend(missing: readonly string[], known: readonly string[]): HaproxyRefusal {
  return new HaproxyRefusal('NO_BACKEND', `has no backend ${missing.join(' and ')}`, {
    expected: known.length === 0 ? 'a backend; it has none' : `one of ${someOf(known)}`,
    remedy: 'Correct target: of the backends in headgate.yaml, or add the backend to haproxy.cfg',
  });
}

/** Server weights were tried: see docs/haproxy.md. */
export function serverWeights(backend: string, servers: readonly string[]): HaproxyRefusal {
  return new HaproxyRefusal(
    'SERVER_WEIGHTS',
    `splits by the weights of the servers ${servers.join(' and ')} in its backend ${backend}. That leaves users with a cookie on the candidate, also after a rollback, and moves users back and forth while a share rises`,
    {
      expected: 'a backend for each slot, and a map that says who gets which',
      remedy: 'headgate init --router haproxy writes a haproxy.cfg to copy from',
    },
  );
}

export function notASplit(map: string, key: string, value: string): HaproxyRefusal {
  return new HaproxyRefusal('NOT_A_SPLIT', `the entry ${key} of its map ${map} is no split: ${JSON.stringify(value)}`, {
    expected: 'FIRST/PARTS/REST, e.g. green/5000/blue for 5 % to green',
    remedy: `Headgate leaves it as it is. If others use it, e.g. to find the backend of a host, give the split an entry of its own and name it as route: of the service; docs/haproxy.md shows how. If it is the split, correct its value here and in the map file`,
  });
}

export function noPermission(): HaproxyRefusal {
  return new HaproxyRefusal('NO_PERMISSION', 'permission denied: the level of its socket is too low', {
    expected: 'stats socket … level admin',
    remedy: 'Raise the level of the socket in haproxy.cfg and reload HAProxy',
  });
}

export function strangeAnswer(answer: string): HaproxyRefusal {
  const text = answer.trim().replaceAll(/\s+/g, ' ');
  return new HaproxyRefusal(
    'OTHER',
    `answered ${JSON.stringify(text.length > 160 ? `${text.slice(0, 160)}…` : text)}`,
    {
      expected: 'the runtime API of HAProxy 2.4 or newer',
      remedy: 'Point socket: to the stats socket of HAProxy',
    },
  );
}
