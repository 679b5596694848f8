/**
 * Who may import whom. Each folder of src is a room: it may import itself, the rooms and packages named here, and
 * nothing else. Types count as imports, because a type that leaks binds two rooms as much as a call does.
 *
 * @typedef {object} Room
 * @property {readonly string[]} rooms
 * @property {readonly string[]} [files] single files of other rooms
 * @property {readonly string[]} [typesOf] rooms of which only the types may be used
 * @property {readonly string[]} packages
 * @property {boolean} [pure] without Node's own modules
 */

/** @type {Record<string, Room>} */
const ROOMS = {
  domain: { rooms: [], packages: [], pure: true },
  files: { rooms: [], packages: [] },
  ports: { rooms: ['domain'], packages: [], pure: true },
  presentation: { rooms: ['domain'], packages: [], pure: true },
  spec: { rooms: ['domain'], packages: ['zod', 'yaml'], pure: true },
  // Planned: a first file in it needs no new rule.
  flags: { rooms: ['domain'], packages: [] },
  gateway: { rooms: ['domain', 'files'], packages: ['httpxy', 'prom-client', 'zod'] },
  workflows: {
    rooms: ['domain', 'presentation'],
    typesOf: ['activities'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    pure: true,
  },
  inspection: { rooms: ['ports', 'domain'], packages: [] },
  activities: { rooms: ['ports', 'domain', 'inspection'], packages: ['@temporalio/activity', '@temporalio/common'] },
  adapters: { rooms: ['ports', 'domain', 'files'], packages: ['undici', 'yaml', 'zod', 'pg', 'standardwebhooks'] },
  client: {
    rooms: ['domain', 'spec', 'flags'],
    files: ['workflows/messages'],
    packages: ['@temporalio/client', '@temporalio/common', '@temporalio/envconfig', '@temporalio/proto'],
  },
  config: { rooms: ['spec', 'domain'], packages: ['zod', 'yaml'] },
  wiring: { rooms: ['config', 'adapters', 'ports', 'domain'], packages: ['@temporalio/common'] },
  worker: {
    rooms: ['activities', 'wiring', 'config', 'ports', 'domain'],
    files: ['workflows/messages', 'client/pollers'],
    packages: [
      '@temporalio/client',
      '@temporalio/worker',
      '@temporalio/common',
      '@temporalio/envconfig',
      '@temporalio/proto',
      'pino',
      'prom-client',
    ],
  },
  // Planned as well.
  server: { rooms: ['ports', 'domain', 'spec', 'client'], packages: ['hono', '@hono/node-server'] },
  cli: {
    files: ['ports/planes'],
    rooms: ['client', 'config', 'spec', 'wiring', 'worker', 'dev', 'inspection', 'presentation', 'domain'],
    packages: ['commander', 'picocolors'],
  },
};

/** Kinds of rollouts, also those that are planned: each has a room in the domain and one beside its workflow, and knows no other. */
const KINDS = ['canary', 'blue-green', 'release', 'experiment', 'flag'];

/**
 * Rooms within the domain, and which others they may import, beside what lies at its top: what every rollout is knows
 * neither what moves (a service's traffic) nor by which stages.
 */
const DOMAIN_ROOMS = {
  hooks: ['reading'],
  rollout: ['hooks', 'reading', 'analysis'],
  health: ['rollout', 'hooks', 'reading', 'analysis'],
  traffic: ['rollout', 'hooks', 'health', 'reading', 'analysis'],
  stages: ['rollout', 'hooks', 'reading', 'analysis'],
  'stop-the-line': ['rollout', 'hooks', 'health', 'traffic', 'reading', 'analysis'],
  'staged-traffic': ['rollout', 'hooks', 'health', 'traffic', 'stages', 'reading', 'analysis'],
  ...Object.fromEntries(
    KINDS.map((kind) => [
      kind,
      ['rollout', 'hooks', 'health', 'traffic', 'stages', 'staged-traffic', 'reading', 'analysis'],
    ]),
  ),
};

const folder = (room) => `^src/${room}/`;
const anyOf = (parts) => (parts.length === 0 ? [] : [parts.join('|')]);

function rulesOf([name, { rooms, files = [], typesOf = [], packages, pure = false }]) {
  const from = { path: folder(name) };
  const inside = [name, ...rooms, ...typesOf].map(folder);
  const rules = [
    {
      name: `${name}-imports-its-rooms`,
      comment: `${name} may import ${[...rooms, ...files].join(', ') || 'nothing'}`,
      from,
      to: { path: '^src/', pathNot: [...inside, ...files.map((file) => `^src/${file}\\.ts$`)].join('|') },
    },
    {
      name: `${name}-imports-its-packages`,
      comment: `${name} may use ${packages.join(', ') || 'no package'}`,
      from,
      to: {
        dependencyTypesNot: ['local', 'core', 'type-import'],
        path: 'node_modules/',
        pathNot: anyOf(packages.map((name) => `node_modules/${name}/`)),
      },
    },
    ...typesOf.map((other) => ({
      name: `${name}-takes-only-types-of-${other}`,
      comment: `what ${name} takes of ${other} must vanish when compiled`,
      from,
      to: { path: folder(other), dependencyTypesNot: ['type-only'] },
    })),
  ];
  const builtins = {
    name: `${name}-is-pure`,
    comment: `${name} runs anywhere: in a workflow, in a browser`,
    from,
    to: { dependencyTypes: ['core'] },
  };
  return pure ? [...rules, builtins] : rules;
}

const domainRules = Object.entries(DOMAIN_ROOMS).map(([name, rooms]) => ({
  name: `domain-${name}-imports-its-rooms`,
  comment: `domain/${name} may import ${rooms.map((room) => `domain/${room}`).join(', ')}`,
  from: { path: folder(`domain/${name}`) },
  to: { path: '^src/domain/[^/]+/', pathNot: [name, ...rooms].map((room) => folder(`domain/${room}`)).join('|') },
}));

/**
 * What every workflow shares knows rollouts, and no kind of them; what guards and moves traffic knows no kind either; a
 * kind's workflow knows no other kind.
 */
const workflowRules = ['shared', 'traffic', ...KINDS].map((name) => ({
  name: `workflows-${name}-knows-no-${KINDS.includes(name) ? 'other-' : ''}kind`,
  from: { path: folder(`workflows/${name}`) },
  to: {
    path: [...KINDS, ...(name === 'shared' ? ['stages', 'traffic', 'staged-traffic'] : [])]
      .filter((kind) => kind !== name)
      .map((kind) => `^src/(domain|workflows)/${kind}/`)
      .join('|'),
  },
}));

const asError = (rule) => ({ ...rule, severity: 'error' });

/** What adapters know of one vendor lies under its name, in whichever of their folders; the rest is shared. */
const VENDORS = [
  'gateway',
  'envoy',
  'haproxy',
  'prometheus',
  'http-json',
  'journal',
  'observations',
  'health',
  'hooks',
];

const vendor = (name) => `^src/adapters/(routers/|metrics/)?${name}[/.]`;

const rulesOfVendors = VENDORS.map((name) => ({
  name: `${name}-knows-no-other-vendor`,
  comment: 'what two of them have in common is in no folder of a vendor',
  from: { path: vendor(name) },
  to: {
    path: VENDORS.filter((other) => other !== name)
      .map(vendor)
      .join('|'),
  },
}));

/** Rooms within rooms, and the files that people import. */
const RULES_WITHIN = [
  {
    name: 'only-a-canary-has-its-plan',
    comment: 'who works with every kind is handed what it reads of a plan: rooms called canary know the plan itself',
    from: { path: '^src/', pathNot: '/canary/|^src/index\\.ts$' },
    to: { path: '^src/domain/canary/(plan|plan-fields|plan-rules|state|undo-plan)\\.ts$' },
  },
  {
    name: 'kinds-are-handed-to-the-commands',
    comment: 'cli/kinds.ts names those that come with the command line',
    from: { path: '^src/cli/', pathNot: '^src/cli/(canary/|blue-green/|kinds\\.ts$)' },
    to: { path: '^src/cli/(canary|blue-green)/' },
  },
  {
    name: 'reading-knows-no-specification',
    comment: 'positions, units and secrets are read alike in specifications and in headgate.yaml',
    from: { path: '^src/spec/(reading/|units/|secret\\.ts$)' },
    to: { path: '^src/', pathNot: '^src/(domain/|spec/(reading/|units/|secret\\.ts$))' },
  },
  {
    name: 'nothing-runs-on-the-simulation',
    comment: 'it imitates rollouts; what a rollout does may not depend on its imitation',
    from: { path: '^src/', pathNot: '^src/(cli|domain/simulation)/' },
    to: { path: '^src/domain/simulation/' },
  },
  {
    name: 'the-library-is-the-client',
    comment: 'who imports headgate gets neither a worker nor a command line',
    from: { path: '^src/index\\.ts$' },
    to: { path: '^src/', pathNot: '^src/(client|domain|spec|flags)/' },
  },
  {
    name: 'the-analysis-takes-rules-alone',
    comment: 'headgate/analysis runs anywhere',
    from: { path: '^src/analysis\\.ts$' },
    to: { pathNot: '^src/domain/' },
  },
];

module.exports = {
  forbidden: [
    ...Object.entries(ROOMS).flatMap(rulesOf),
    ...domainRules,
    ...workflowRules,
    {
      name: 'client-knows-kinds-by-hand-only',
      comment:
        'the general client works with the kinds that it is handed; client/kinds.ts names those that come with it',
      from: {
        path: folder('client'),
        pathNot: ['^src/client/kinds\\.ts$', ...KINDS.map((kind) => folder(`client/${kind}`))].join('|'),
      },
      to: { path: KINDS.map((kind) => folder(`domain/${kind}`)).join('|') },
    },
    { name: 'dev-is-not-a-command', from: { path: folder('dev') }, to: { path: folder('cli') } },
    {
      name: 'every-room-has-a-rule',
      comment: 'a new folder of src needs its line in this file',
      from: { path: '^src/[^/]+/', pathNot: ['dev', ...Object.keys(ROOMS)].map(folder).join('|') },
      to: {},
    },
    {
      name: 'engines-know-nothing-of-each-other',
      comment: 'a kind of check can be read and changed alone; what else has to know of it, CONTRIBUTING.md says',
      from: { path: '^src/domain/analysis/engines/([^/]+)/' },
      to: { path: '^src/domain/analysis/engines/', pathNot: '^src/domain/analysis/engines/$1/' },
    },
    { name: 'no-cycles', from: {}, to: { circular: true } },
    { name: 'everything-is-found', from: {}, to: { couldNotResolve: true } },
    {
      name: 'product-needs-no-development-package',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
    },
    { name: 'product-needs-no-test', from: { path: '^src/' }, to: { path: '^(test|bench|scripts)/' } },
    ...rulesOfVendors,
    ...RULES_WITHIN,
  ].map(asError),
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
