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
  spec: { rooms: ['domain'], packages: ['zod', 'yaml'], pure: true },
  flags: { rooms: ['domain'], packages: [] },
  gateway: { rooms: ['domain', 'files'], packages: ['httpxy', 'prom-client', 'zod'] },
  workflows: {
    rooms: ['domain'],
    typesOf: ['activities'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    pure: true,
  },
  activities: { rooms: ['ports', 'domain'], packages: ['@temporalio/activity', '@temporalio/common'] },
  adapters: { rooms: ['ports', 'domain', 'files'], packages: ['undici', 'yaml', 'zod', 'pg'] },
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
  server: { rooms: ['ports', 'domain', 'spec', 'client'], packages: ['hono', '@hono/node-server'] },
  cli: {
    rooms: ['client', 'config', 'spec', 'wiring', 'worker', 'dev', 'domain'],
    packages: ['commander', 'picocolors'],
  },
};

const folder = (room) => `^src/${room}/`;

/** What only one kind of rollout is. */
const KINDS = folder('domain/canary');
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

const asError = (rule) => ({ ...rule, severity: 'error' });

module.exports = {
  forbidden: [
    ...Object.entries(ROOMS).flatMap(rulesOf),
    {
      name: 'rollout-knows-no-kind',
      comment: 'what every rollout is must not lean on what one kind of them is',
      from: { path: folder('domain/rollout') },
      to: { path: KINDS },
    },
    {
      name: 'client-knows-kinds-by-hand-only',
      comment:
        'the general client works with the kinds that it is handed; client/kinds.ts names those that come with it',
      from: {
        path: folder('client'),
        pathNot: `^src/client/(kinds|canary-deployment)\\.ts$|${folder('client/canary')}`,
      },
      to: { path: KINDS },
    },
    { name: 'dev-is-not-a-command', from: { path: folder('dev') }, to: { path: folder('cli') } },
    {
      name: 'every-room-has-a-rule',
      comment: 'a new folder of src needs its line in this file',
      from: { path: '^src/[^/]+/', pathNot: ['dev', ...Object.keys(ROOMS)].map(folder).join('|') },
      to: {},
    },
    { name: 'no-cycles', from: {}, to: { circular: true } },
    { name: 'everything-is-found', from: {}, to: { couldNotResolve: true } },
    {
      name: 'product-needs-no-development-package',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
    },
    { name: 'product-needs-no-test', from: { path: '^src/' }, to: { path: '^(test|bench|scripts)/' } },
  ].map(asError),
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
