/** What differs between a first try and the machines of others. */
export interface HaproxyConfigOptions {
  /** The service: the key of its line in the map. */
  readonly service?: string;
  /** Where users come in. */
  readonly bind?: string;
  /** Where Prometheus asks. */
  readonly metricsBind?: string;
  readonly servers?: { readonly blue: string; readonly green: string };
}

/** A configuration of HAProxy that splits one service in the way that Headgate can steer. */
export function haproxyConfig({
  service = 'checkout',
  bind = '127.0.0.1:8080',
  metricsBind = '127.0.0.1:8404',
  servers = { blue: '127.0.0.1:9001', green: '127.0.0.1:9002' },
}: HaproxyConfigOptions = {}): string {
  return `# HAProxy, split by a map that Headgate sets. To try it, in this folder:  haproxy -W -f haproxy.cfg
# Where it runs as a service, write the paths of the socket and of the map in full, here and in headgate.yaml.

global
  # What Headgate talks to. Whoever may write to this socket may move the traffic: keep the mode narrow.
  stats socket unix@haproxy.sock mode 600 level admin expose-fd listeners
  # After a reload the old process finishes its requests by the old share, no longer than this.
  hard-stop-after 30s

defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout http-request 10s
  timeout http-keep-alive 60s

frontend ${service}-users
  bind ${bind}

  # "green/5000/blue" in share.map: of 100,000 buckets the first 5,000 to green, the rest to blue.
  http-request set-var(txn.split) str(${service}),map(share.map)
  http-request set-var(txn.first) var(txn.split),field(1,/)
  http-request set-var(txn.parts) var(txn.split),field(2,/)
  http-request set-var(txn.rest) var(txn.split),field(3,/)

  # A user whom the cookie names stays in one bucket, so nobody changes sides while a share rises. To know users by a
  # header, write req.hdr(x-user) in place of req.cook(uid), twice. Requests without it go at random.
  http-request set-var(txn.bucket) rand(100000)
  http-request set-var(txn.bucket) req.cook(uid),crc32(1),mod(100000) if { req.cook(uid) -m len gt 0 }

  use_backend %[var(txn.first)] if { var(txn.bucket),sub(txn.parts) lt 0 }
  use_backend %[var(txn.rest)]
  # Only where the map names a backend that is not here.
  default_backend blue

# One backend for each slot. Never both slots as servers of one backend: by the weights of servers, users with a cookie
# would stay on a candidate that was rolled back.
backend blue
  server blue-1 ${servers.blue} check

backend green
  server green-1 ${servers.green} check

# Counts for Prometheus.
frontend metrics
  bind ${metricsBind}
  http-request use-service prometheus-exporter if { path /metrics }
`;
}

/** The map to begin with: everybody to blue. */
export function haproxyMap(service = 'checkout'): string {
  return `# Read by HAProxy when it starts, and written by Headgate whenever it moves traffic.
# SERVICE FIRST/PARTS/REST: of 100,000 buckets the first PARTS go to the backend FIRST, the others to REST.
# Under it Headgate adds SERVICE~fence NUMBER: which decision the share comes from. Leave it there.
${service} green/0/blue
`;
}
