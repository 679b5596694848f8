import { stringify } from 'yaml';

/** Where a cluster of Envoy sends requests. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** By what Envoy tells users apart: the same value goes to the same side. */
export type Stickiness = { readonly cookie: string } | { readonly header: string };

export interface EnvoyFiles {
  readonly service: string;
  /** The clusters, by name. The first has all the traffic. */
  readonly clusters: Readonly<Record<string, Endpoint>>;
  readonly sticky: Stickiness;
  readonly listener: Endpoint;
  readonly admin: Endpoint;
  /** The RDS file as Envoy shall open it, and the folder in which it lies. */
  readonly routesFile: string;
  readonly routesFolder: string;
  /** How old latencies may be that Envoy tells, milliseconds. Default 1000. */
  readonly statsFlushMs?: number;
}

/** Upper bounds of the latency histogram, milliseconds: fine where limits usually are. */
const LATENCY_BOUNDS_MS = [
  1, 2.5, 5, 10, 25, 50, 75, 100, 150, 200, 250, 300, 400, 500, 650, 800, 1000, 1500, 2500, 5000, 10_000, 30_000,
  60_000, 300_000, 3_600_000,
];

const COOKIE_SECONDS = 30 * 86_400;
const DEFAULT_STATS_FLUSH_MS = 1000;

/** What Envoy is started with; its routes are in a file of their own. */
export function envoyBootstrap(files: EnvoyFiles): string {
  const { listener, admin, statsFlushMs = DEFAULT_STATS_FLUSH_MS } = files;
  return `# What Envoy is started with: envoy -c FILE
admin: # Headgate reads from here what Envoy really serves. Whoever reaches it can stop Envoy: keep it on loopback.
  address: { socket_address: ${inline(address(admin))} }

node: { id: envoy-1, cluster: envoy } # any names; route discovery asks for them

# Latencies are told this fresh. The default, 5s, is slow for a verdict that must come within seconds.
stats_flush_interval: ${String(statsFlushMs / 1000)}s
stats_config:
  histogram_bucket_settings: # a latency limit of a specification is judged best where a bucket ends at it
    - match: { suffix: upstream_rq_time }
      buckets: ${inline(LATENCY_BOUNDS_MS)}

static_resources:
  listeners:
    - name: traffic
      address: { socket_address: ${inline(address(listener))} }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                '@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: traffic
                rds:
                  route_config_name: services
                  config_source:
                    path_config_source: # read again whenever Headgate, or you, move a new file over it
                      path: ${inline(files.routesFile)}
                      watched_directory: { path: ${inline(files.routesFolder)} }
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config:
                      '@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router

  clusters: # one per backend; headgate.yaml calls them targets
${Object.entries(files.clusters)
  .map(([name, endpoint]) => cluster(name, endpoint))
  .join('\n')}
`;
}

/** The RDS file: Headgate writes weights and their order into it, everything else is yours. */
export function envoyRoutes(files: EnvoyFiles): string {
  return `# The routes of Envoy. Headgate writes the weights below, the order in which they stand, and under the name of a route which
# decision they come from (metadata, headgate, fence). All else is yours.
# Edit a copy and move it over this file: Envoy takes up what is moved there, and never sees half a file.
resources:
  - '@type': type.googleapis.com/envoy.config.route.v3.RouteConfiguration
    name: services
    validate_clusters: true # a cluster that is not there makes Envoy refuse the file, instead of answering 503
    virtual_hosts:
      - name: all
        domains: ['*']
        routes:
${'cookie' in files.sticky ? cookieRoutes(files, files.sticky.cookie) : headerRoute(files, files.sticky.header)}
`;
}

/** Envoy gives nobody a cookie for the sake of weights: the first request is told apart by an id that becomes one. */
function cookieRoutes({ service, clusters }: EnvoyFiles, cookie: string): string {
  const hasCookie = { name: 'cookie', string_match: { safe_regex: { regex: `(.*; ?)?${escaped(cookie)}=[^;].*` } } };
  const setCookie = `${cookie}=%REQ(X-REQUEST-ID)%; Max-Age=${String(COOKIE_SECONDS)}; Path=/; HttpOnly`;
  return `          # Two entries of one name, which Headgate splits alike: users who have the cookie, and all others.
          - name: ${inline(service)} # by this name Headgate knows the route
            match:
              prefix: /
              headers: [${inline(hasCookie)}]
            route:
              timeout: 15s
              hash_policy: # the same value is sent to the same side every time
                - ${inline({ cookie: { name: cookie } })}
${split(clusters)}
          - name: ${inline(service)}
            match: { prefix: / }
            response_headers_to_add: # the id of this request, by which its side was chosen, is the user's from now on
              - header: ${inline({ key: 'set-cookie', value: setCookie })}
            route:
              timeout: 15s
              hash_policy:
                - { header: { header_name: x-request-id } }
${split(clusters)}`;
}

function headerRoute({ service, clusters }: EnvoyFiles, header: string): string {
  return `          - name: ${inline(service)} # by this name Headgate knows the route
            match: { prefix: / }
            route:
              timeout: 15s
              hash_policy: # the same value is sent to the same side every time; without it, chance decides
                - ${inline({ header: { header_name: header } })}
${split(clusters)}`;
}

function split(clusters: EnvoyFiles['clusters']): string {
  return `              weighted_clusters:
                use_hash_policy: true # without it nobody keeps their side
                clusters:
${Object.keys(clusters)
  .map((name, index) => `                  - ${inline({ name, weight: index === 0 ? 100_000 : 0 })}`)
  .join('\n')}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function cluster(name: string, endpoint: Endpoint): string {
  return `    - name: ${inline(name)}
      type: STRICT_DNS
      connect_timeout: 1s
      load_assignment:
        cluster_name: ${inline(name)}
        endpoints:
          - lb_endpoints:
              - endpoint: { address: { socket_address: ${inline(address(endpoint))} } }`;
}

function address({ host, port }: Endpoint): object {
  return { address: host, port_value: port };
}

/** On one line. */
function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true }).trim();
}
