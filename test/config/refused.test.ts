import { expect, test } from 'vitest';
import { told, withMore, withService } from './support.js';

const REFUSED: readonly (readonly [string, string, string])[] = [
  ['a list', '- 1', 'headgate.yaml:1:1: This must be a map of keys and values, got [1] (type)'],
  [
    'two documents',
    `${withMore('')}---\nkind: Canary`,
    'headgate.yaml:6:1: A configuration is one document; expected one document, got another one: {"kind":"Canary"}. Specifications go into files of their own (config.documents)',
  ],
  [
    'a key with a typo',
    withMore('worker: { healtPort: 1 }'),
    'headgate.yaml:4:11 worker.healtPort: There is no key "healtPort" here. Did you mean healthPort? (keys.unknown)',
  ],
  [
    'a router without its kind',
    `routers: { gw: { instances: ['http://a:1'] } }`,
    'headgate.yaml:1:16 routers.gw.kind: "kind" is missing; expected gateway, envoy or haproxy, got nothing (required)',
  ],
  [
    'a router of an unknown kind',
    `routers: { gw: { kind: gatway, instances: ['http://a:1'] } }`,
    'headgate.yaml:1:24 routers.gw.kind: This is not one of the choices; expected gateway, envoy or haproxy, got "gatway". Did you mean gateway? (value.unknown)',
  ],
  [
    'a router without instances',
    'routers: { gw: { kind: gateway, instances: [] } }',
    'headgate.yaml:1:44 routers.gw.instances: This list is too short; expected at least 1 in it, got fewer (range)',
  ],
  [
    'an instance that is no address',
    `routers: { gw: { kind: gateway, instances: ['localhost:8081'] } }`,
    'headgate.yaml:1:45 routers.gw.instances[0]: This is not the URL of a server; expected http://host:port or https://host:port, got "localhost:8081" (url)',
  ],
  [
    'a timeout without its unit',
    `routers: { gw: { kind: gateway, instances: ['http://a:1'], timeout: 5 } }`,
    'headgate.yaml:1:69 routers.gw.timeout: A time needs its unit; expected a time with its unit: 500ms, 30s, 10m, 1h30m, 7d, got 5. Write 5m for minutes or 5s for seconds (units.duration)',
  ],
  [
    'a timeout of nothing',
    `routers: { gw: { kind: gateway, instances: ['http://a:1'], timeout: 0s } }`,
    'headgate.yaml:1:69 routers.gw.timeout: A duration must be longer than nothing; expected more than 0, got "0s" (duration.positive)',
  ],
  [
    'an Envoy whose routes are nowhere',
    `routers: { gw: { kind: envoy, instances: ['http://a:1'] } }`,
    'headgate.yaml:1:16 routers.gw.routes: "routes" is missing; expected routes: PATH for all instances, or { admin: URL, routes: PATH } for each, got nothing (required)',
  ],
  [
    'an Envoy whose routes are no file of routes',
    `routers: { gw: { kind: envoy, routes: rds.pb, instances: ['http://a:1'] } }`,
    'headgate.yaml:1:39 routers.gw.routes: This is not the path of an RDS file; expected a path that ends in .yaml, .yml or .json, got "rds.pb" (envoy.routes)',
  ],
  [
    'an Envoy that is no address',
    `routers: { gw: { kind: envoy, routes: rds.yaml, instances: [{ admin: 'a:1' }] } }`,
    'headgate.yaml:1:70 routers.gw.instances[0].admin: This is not the URL of a server; expected http://host:port or https://host:port, got "a:1" (url)',
  ],
  [
    'counters of an Envoy that are read all the time',
    `metrics: { gw: { kind: envoy, instances: ['http://a:1'], interval: 0s } }`,
    'headgate.yaml:1:68 metrics.gw.interval: A duration must be longer than nothing; expected more than 0, got "0s" (duration.positive)',
  ],
  [
    'a router under a name that is none',
    `routers: { 'a b': { kind: gateway, instances: ['http://a:1'] } }`,
    'headgate.yaml:1:12 routers["a b"]: This cannot be a name; expected letters, digits, "-", "_" and ".", at most 100, got "a b" (name)',
  ],
  [
    'a service whose router is not there',
    withService('{ router: gv, backends: { blue: , green: } }'),
    'headgate.yaml:3:33 services.checkout.router: There is no such name under routers; expected gw, got "gv". Did you mean gw? (services.router)',
  ],
  [
    'a service whose metrics are not there',
    withService('{ metrics: prom, backends: { blue: , green: } }'),
    'headgate.yaml:3:34 services.checkout.metrics: There is no such name under metrics; expected gw, got "prom". Known here: gw (services.metrics)',
  ],
  [
    'a service where no router is',
    'services: { a: { metrics: m, backends: { blue: , green: } } }\nmetrics: { m: { kind: gateway, instances: [http://a:1] } }',
    'headgate.yaml:1:16 services.a.router: Which of the routers does this service use?; expected a name under routers, which is empty, got nothing. Configure one under routers (services.router)',
  ],
  [
    'a service that does not say which router',
    withService('{ backends: { blue: , green: } }').replace(
      'routers: {',
      "routers: { other: { kind: gateway, instances: ['http://a:1'] },",
    ),
    'headgate.yaml:3:23 services.checkout.router: Which of the routers does this service use?; expected other or gw, got nothing. Name one of other, gw (services.router)',
  ],
  [
    'a service without backends',
    withService('{ router: gw }'),
    'headgate.yaml:3:23 services.checkout.backends: "backends" is missing; expected a map of keys and values, got nothing (required)',
  ],
  [
    'one backend',
    withService('{ backends: { blue: } }'),
    'headgate.yaml:3:35 services.checkout.backends: A rollout is between two backends: what serves now and what comes next; expected two slots, e.g. blue and green, got 1 (blue) (backends.count)',
  ],
  [
    'three backends',
    withService('{ backends: { blue: , green: , red: } }'),
    'headgate.yaml:3:35 services.checkout.backends: A rollout is between two backends: what serves now and what comes next; expected two slots, e.g. blue and green, got 3 (blue, green, red) (backends.count)',
  ],
  [
    'a backend named canary',
    withService('{ backends: { blue: , canary: } }'),
    'headgate.yaml:3:45 services.checkout.backends.canary: A backend is a lasting slot, and this is the name of a role that changes with every rollout; expected a name that stays true, e.g. blue and green, got "canary" (backends.role)',
  ],
  [
    'a backend named Stable',
    withService('{ backends: { Stable: , green: } }'),
    'headgate.yaml:3:37 services.checkout.backends.Stable: A backend is a lasting slot, and this is the name of a role that changes with every rollout; expected a name that stays true, e.g. blue and green, got "Stable" (backends.role)',
  ],
  [
    'two backends with one target',
    withService('{ backends: { blue: { target: a }, green: { target: a } } }'),
    'headgate.yaml:3:75 services.checkout.backends.green.target: The data plane cannot tell blue and green apart; expected a target of its own for each slot, got a twice (backends.same)',
  ],
  [
    'a backend whose url is none',
    withService('{ backends: { blue: { url: blue }, green: } }'),
    'headgate.yaml:3:50 services.checkout.backends.blue.url: This is not the URL of a server; expected http://host:port or https://host:port, got "blue" (url)',
  ],
  [
    'a version probe without a path',
    withService('{ backends: { blue: , green: }, health: { version: { field: v } } }'),
    'headgate.yaml:3:74 services.checkout.health.version.path: "path" is missing; expected text, got nothing (required)',
  ],
  [
    'a port that is none',
    withMore('worker: { healthPort: 99999 }'),
    'headgate.yaml:4:23 worker.healthPort: This is too large; expected at most 65535, got 99999 (range)',
  ],
  [
    'no room for a watch',
    withMore('worker: { maxConcurrentWatches: 0 }'),
    'headgate.yaml:4:33 worker.maxConcurrentWatches: This is too small; expected at least 1, got 0 (range)',
  ],
  [
    'half a watch',
    withMore('worker: { maxConcurrentWatches: 1.5 }'),
    'headgate.yaml:4:33 worker.maxConcurrentWatches: This must be a whole number, got 1.5 (type)',
  ],
  [
    'an unknown log level',
    withMore('worker: { logLevel: warning }'),
    'headgate.yaml:4:21 worker.logLevel: This is not one of the choices; expected trace, debug, info, warn or error, got "warning" (value.unknown)',
  ],
  [
    'half a version of a worker',
    withMore('worker: { deployment: { name: headgate } }'),
    'headgate.yaml:4:23 worker.deployment.buildId: "buildId" is missing; expected text, got nothing (required)',
  ],
  [
    'a deployment whose name Temporal could not tell from a version',
    withMore('worker: { deployment: { name: head.gate, buildId: v1 } }'),
    'headgate.yaml:4:31 worker.deployment.name: This cannot be the name of a deployment; expected letters, digits, "-" and "_", at most 100, not beginning with "__", got "head.gate" (worker.deployment)',
  ],
  [
    'a build whose id is a sentence',
    withMore('worker: { deployment: { name: headgate, buildId: the newest } }'),
    'headgate.yaml:4:50 worker.deployment.buildId: This cannot be the id of a build; expected letters, digits, "-", "_", "." and "+", at most 100, got "the newest" (worker.deployment)',
  ],
  [
    'a journal of an unknown kind',
    withMore('journal: { kind: postgres, path: x }'),
    'headgate.yaml:4:18 journal.kind: This is not one of the choices; expected file, got "postgres" (value.unknown)',
  ],
  [
    'a journal in other words',
    withMore('journal: { directory: x }'),
    'headgate.yaml:4:12 journal.directory: There is no key "directory" here. Did you mean path? (keys.unknown)',
  ],
  [
    'a secret in the file',
    withMore('temporal: { apiKey: abcdef }'),
    'headgate.yaml:4:21 temporal.apiKey: This looks like a secret; a file that people share is no place for one; expected a reference: env:NAME or file:PATH, got a secret (not shown). Put it into an environment variable or a file, write env:NAME or file:PATH here, and replace the secret: others may have read it (secrets.inline)',
  ],
  [
    'a password in an address',
    `routers: { gw: { kind: gateway, instances: ['http://me:pw@a:1'] } }`,
    'headgate.yaml:1:45 routers.gw.instances[0]: This looks like a secret; a file that people share is no place for one; expected a reference: env:NAME or file:PATH, got a secret (not shown). Put it into an environment variable or a file, write env:NAME or file:PATH here, and replace the secret: others may have read it (secrets.inline)',
  ],
  [
    'a Prometheus without counters',
    `metrics: { p: { kind: prometheus, url: 'http://p:9090' } }`,
    'headgate.yaml:1:15 metrics.p: Which counters?; expected either template: gateway, envoy, haproxy; or requests: and errors:, got {"kind":"prometheus","url":"http://p:9090"} (prometheus.counters)',
  ],
  [
    'a Prometheus with a template and counters beside it',
    `metrics: { p: { kind: prometheus, url: 'http://p:9090', template: envoy, requests: 'a{b="{{backend}}"}' } }`,
    'headgate.yaml:1:67 metrics.p.template: Which counters?; expected either template: gateway, envoy, haproxy; or requests: and errors:, got "envoy" (prometheus.counters)',
  ],
  [
    'a template that nobody knows',
    `metrics: { p: { kind: prometheus, url: 'http://p:9090', template: envoi } }`,
    'headgate.yaml:1:67 metrics.p.template: This is not one of the choices; expected gateway, envoy or haproxy, got "envoi". Did you mean envoy? (value.unknown)',
  ],
  [
    'counters that are computed already',
    `metrics: { p: { kind: prometheus, url: 'http://p:9090', requests: 'rate(a{b="{{backend}}"}[1m])', errors: 'e{b="{{backend}}"}' } }`,
    'headgate.yaml:1:67 metrics.p.requests: Headgate counts from raw counters, and this is not the selector of some; expected a metric with labels, e.g. http_requests_total{backend="{{backend}}"}, got "rate(a{b=\\"{{backend}}\\"}[1m])". Write it without functions such as rate() and without a range such as [1m] (prometheus.selector)',
  ],
  [
    'counters that are the same for both backends',
    `metrics: { p: { kind: prometheus, url: 'http://p:9090', requests: 'a{b="{{backend}}"}', errors: 'e{c="5"}' } }`,
    'headgate.yaml:1:97 metrics.p.errors: This selects the same series for both backends; expected a label with {{backend}}, got "e{c=\\"5\\"}" (prometheus.backend)',
  ],
  [
    'a label under a name that is none',
    `metrics: { p: { kind: prometheus, url: 'http://p:9090', template: envoy, labels: { 'a-b': x } } }`,
    'headgate.yaml:1:84 metrics.p.labels.a-b: This is not the name of a label; expected letters, digits and "_", got "a-b" (prometheus.label)',
  ],
  [
    'a token that is no reference',
    `metrics: { p: { kind: prometheus, url: 'http://p:9090', template: envoy, auth: { bearer: abc } } }`,
    'headgate.yaml:1:90 metrics.p.auth.bearer: A secret is given by reference only; expected a reference: env:NAME or file:PATH, got a secret (not shown). Put it into an environment variable or a file, write env:NAME or file:PATH here, and replace the secret: others may have read it (secrets.inline)',
  ],
  [
    'two ways to say who asks',
    `metrics: { p: { kind: http, url: 'http://p', auth: { bearer: env:A, basic: { username: u, password: env:B } } } }`,
    'headgate.yaml:1:52 metrics.p.auth: A request has one Authorization; expected either bearer or basic, got {"bearer":"env:A","basic":{"username":"u","password":"env:B"… (auth.one)',
  ],
  [
    'a certificate without its key',
    `metrics: { p: { kind: http, url: 'http://p', tls: { cert: file:a.pem } } }`,
    'headgate.yaml:1:51 metrics.p.tls.key: "key" is missing; expected both cert and key, or neither, got nothing (required)',
  ],
  [
    'a header under a name that is none',
    `metrics: { p: { kind: http, url: 'http://p', headers: { 'a b': env:A } } }`,
    'headgate.yaml:1:57 metrics.p.headers["a b"]: This is not the name of a header; expected a name such as X-Scope-OrgID, got "a b" (header)',
  ],
  [
    'trust in everybody by half',
    `metrics: { p: { kind: http, url: 'http://p', tls: { insecureSkipVerify: false } } }`,
    'headgate.yaml:1:73 metrics.p.tls.insecureSkipVerify: This is not one of the choices; expected true, got false (value.unknown)',
  ],
  [
    'a service whose counts come from single values',
    withService('{ metrics: q, backends: { blue: , green: } }').replace(
      'metrics: {',
      'metrics: { q: { kind: http, url: "http://q" },',
    ),
    'headgate.yaml:3:34 services.checkout.metrics: This source gives single values and counts no requests; expected gw, got "q". Name it as source: q beside the query of a check (services.metrics)',
  ],
  [
    'a file that is no YAML',
    'routers: [',
    'headgate.yaml:1:11: Flow sequence in block collection must be sufficiently indented and end with a ] (yaml.syntax)',
  ],
];

test.each(REFUSED)('%s is refused in words of its own [U-04]', (_, text, says) => {
  expect(told(text)).toEqual([says]);
});
