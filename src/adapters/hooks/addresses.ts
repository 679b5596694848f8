import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';

/** Where machines are told who they are, with credentials: nobody has a hook there. */
function metadataAddresses(): BlockList {
  const list = new BlockList();
  list.addSubnet('169.254.0.0', 16, 'ipv4');
  list.addAddress('100.100.100.200', 'ipv4');
  list.addSubnet('fe80::', 10, 'ipv6');
  list.addAddress('fd00:ec2::254', 'ipv6');
  // The first of them as networks that speak IPv6 alone write it.
  list.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
  return list;
}

/** Thrown when a name leads to an address that hooks do not go to. */
class RefusedAddressError extends Error {
  constructor(address: string) {
    super(
      `${address} is an address of the machine's own metadata, which hooks do not go to: allow it by allowAddresses`,
    );
    this.name = 'RefusedAddressError';
  }
}

/**
 * Connects to an address only after it was looked at, whatever a name means by then: a look before the request would be at
 * another answer of the name server.
 */
export function createGuardedConnector(timeoutMs: number, allowed: readonly string[]): buildConnector.connector {
  const metadata = metadataAddresses();
  const isRefused = (address: string): boolean =>
    !allowed.includes(address) && metadata.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  const guarded: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const refused = addresses.find(({ address }) => isRefused(address));
      const [first] = addresses;
      if (refused !== undefined) callback(new RefusedAddressError(refused.address), '');
      else if (options.all === true) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family);
    });
  };
  const connect = buildConnector({ timeout: timeoutMs, lookup: guarded });
  return (options, callback) => {
    // An address that is written as such is not looked up.
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && isRefused(host)) callback(new RefusedAddressError(host), null);
    else connect(options, callback);
  };
}
