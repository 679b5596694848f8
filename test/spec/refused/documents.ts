import { withMore, withStages, type RefusedSpec } from './write.js';

export const REFUSED_DOCUMENTS: readonly RefusedSpec[] = [
  {
    title: 'a file without a document',
    text: `# nothing
`,
    says: 'c.yaml:1:1: There is no specification in this file; expected a document that begins with apiVersion: headgate/v1, got nothing. headgate init writes one to begin with (spec.empty)',
  },
  {
    title: 'a list',
    text: `- 1
- 2
`,
    says: 'c.yaml:1:1: A specification is a map of keys and values; expected apiVersion: headgate/v1, kind: Canary, service: …, got [1,2] (type)',
  },
  {
    title: 'plain text',
    text: 'hello',
    says: 'c.yaml:1:1: A specification is a map of keys and values; expected apiVersion: headgate/v1, kind: Canary, service: …, got "hello" (type)',
  },
  {
    title: 'no apiVersion',
    text: `kind: Canary
service: checkout
`,
    says: 'c.yaml:1:1 apiVersion: "apiVersion" is missing; expected headgate/v1, got nothing (required)',
  },
  {
    title: 'another apiVersion',
    text: `apiVersion: headgate/v2
kind: Canary
service: checkout
`,
    says: 'c.yaml:1:13 apiVersion: This is not one of the choices; expected headgate/v1, got "headgate/v2". Did you mean headgate/v1? (value.unknown)',
  },
  {
    title: 'a file of another program',
    text: `apiVersion: argoproj.io/v1alpha1
kind: Rollout
spec: { strategy: { canary: { steps: [{ setWeight: 20 }] } } }
`,
    says: 'c.yaml:1:13 apiVersion: This is a file of another program; expected apiVersion: headgate/v1, got "argoproj.io/v1alpha1". headgate init writes a specification to begin with (spec.foreign)',
  },
  {
    title: 'no kind',
    text: `apiVersion: headgate/v1
service: checkout
`,
    says: 'c.yaml:1:1 kind: "kind" is missing; expected Canary, got nothing (required)',
  },
  {
    title: 'a kind with a typo',
    text: `apiVersion: headgate/v1
kind: Cannary
service: checkout
`,
    says: 'c.yaml:2:7 kind: There is no such kind; expected Canary, BlueGreen, Experiment, Flag, Release, got "Cannary". Did you mean Canary? (kind.unknown)',
  },
  {
    title: 'a kind of another program',
    text: `apiVersion: headgate/v1
kind: Deployment
service: checkout
`,
    says: 'c.yaml:2:7 kind: There is no such kind; expected Canary, BlueGreen, Experiment, Flag, Release, got "Deployment" (kind.unknown)',
  },
  {
    title: 'a kind of a later version',
    text: `apiVersion: headgate/v1
kind: Experiment
service: checkout
`,
    says: 'c.yaml:2:7 kind: Experiment is not supported by this version yet; expected Canary or BlueGreen, got Experiment (kind.later)',
  },
  {
    title: 'no service',
    text: `apiVersion: headgate/v1
kind: Canary
`,
    says: 'c.yaml:1:1 service: "service" is missing; expected text, got nothing (required)',
  },
  {
    title: 'a number for a service',
    text: `apiVersion: headgate/v1
kind: Canary
service: 7
`,
    says: 'c.yaml:3:10 service: This must be text, got 7. Put it in quotes: "7" (type)',
  },
  {
    title: 'a service that cannot be named so',
    text: `apiVersion: headgate/v1
kind: Canary
service: check out/7
`,
    says: 'c.yaml:3:10 service: This cannot be the name of a service; expected letters, digits, "-", "_" and ".", at most 100, got "check out/7" (service.name)',
  },
  {
    title: 'a list for a version',
    text: `apiVersion: headgate/v1
kind: Canary
service: checkout
version: [1]
`,
    says: 'c.yaml:4:10 version: This must be text, got [1] (type)',
  },
  {
    title: 'a version that nobody filled in',
    text: `apiVersion: headgate/v1
kind: Canary
service: checkout
version: \${VERSION}
`,
    says: 'c.yaml:4:10 version: This cannot be the name of a version; expected some text on one line, at most 200 characters, with everything filled in, got "${VERSION}". Nothing is filled in here: leave it out, and say --version (version.name)',
  },
  {
    title: 'a version of nothing',
    text: `apiVersion: headgate/v1
kind: Canary
service: checkout
version: ''
`,
    says: 'c.yaml:4:10 version: This cannot be the name of a version; expected some text on one line, at most 200 characters, with everything filled in, got "" (version.name)',
  },
  {
    title: 'a key with a typo',
    text: withMore('rolbackWindow: 5m'),
    says: 'c.yaml:8:1 rolbackWindow: There is no key "rolbackWindow" here. Did you mean rollbackWindow? (keys.unknown)',
  },
  {
    title: 'a key of another program',
    text: withMore('steps: []'),
    says: 'c.yaml:8:1 steps: There is no key "steps" here. Did you mean stages? (keys.unknown)',
  },
  {
    title: 'a key that nobody knows',
    text: withMore('colour: blue'),
    says: 'c.yaml:8:1 colour: There is no key "colour" here. Known here: apiVersion, kind, service, name, version, stages, advanceOnEvidence, minDuration, maxDuration, checks, rollbackPolicy, autoRollback, health, monitoringInterval, onUnknown, deadline, onDrift, runbook, rollbackWindow, autoProgression, requireManualApproval, holdAtEnd, proof (keys.unknown)',
  },
  {
    title: 'a key of a later version',
    text: withMore('linkedFlags: []'),
    says: 'c.yaml:8:1 linkedFlags: linkedFlags is not supported by this version yet. Leave it out (keys.later)',
  },
  {
    title: 'a key that stands twice',
    text: withMore('service: other'),
    says: 'c.yaml:8:1: The same key stands here twice, got service. Keep one (yaml.duplicate)',
  },
  {
    title: 'a key without a value',
    text: withMore('health:'),
    says: 'c.yaml:8:8 health: This must be a map of keys and values, got null. Give it a value, or leave it out (type)',
  },
  {
    title: 'a tab for an indent',
    text: withMore(`health:
\tendpoints: [/h]`),
    says: 'c.yaml:9:1: Tabs are not allowed as indentation. Indent with spaces (yaml.syntax)',
  },
  {
    title: 'a bracket without its end',
    text: withMore('checks: [{ metric: errorRate, max: 1% }'),
    says: 'c.yaml:9:1: Flow sequence in block collection must be sufficiently indented and end with a ] (yaml.syntax)',
  },
  {
    title: 'a colon without a space',
    text: withMore('deadline:30m'),
    says: 'c.yaml:8:1: Implicit map keys need to be followed by map values. Write key: value, with a space after the colon (yaml.syntax)',
  },
  {
    title: 'a colon inside a value',
    text: withMore('name: checkout: spring'),
    says: 'c.yaml:8:7: Nested mappings are not allowed in compact mappings. Put a value that has a colon in it into quotes, or begin a new line (yaml.syntax)',
  },
  {
    title: 'a missing comma',
    text: withStages('- { traffic: 5% duration: 10m }'),
    says: 'c.yaml:6:14: Block collections are not allowed within flow collections. Put commas between what stands in { } and [ ] (yaml.syntax)',
  },
  {
    title: 'a no-break space',
    text: withMore('name:\u00a0checkout'),
    says: 'c.yaml:8:1: Implicit map keys need to be followed by map values. Replace the no-break space (U+00A0) in this line by a space (yaml.syntax)',
  },
  {
    title: 'an alias without its anchor',
    text: withMore('runbook: *nowhere'),
    says: 'c.yaml:1:1: Unresolved alias (the anchor must be set before the alias): nowhere (yaml.alias)',
  },
  {
    title: 'a secret under a key for secrets',
    text: withMore('health: { endpoints: [/h], token: abc123 }'),
    says: 'c.yaml:8:35 health.token: This looks like a secret; a file that people share is no place for one; expected a reference: env:NAME or file:PATH, got a secret (not shown). Put it into an environment variable or a file, write env:NAME or file:PATH here, and replace the secret: others may have read it (secrets.inline)',
  },
  {
    title: 'a secret inside an address',
    text: withMore('runbook: https://me:hunter2@wiki.example.com/x'),
    says: 'c.yaml:8:10 runbook: This looks like a secret; a file that people share is no place for one; expected a reference: env:NAME or file:PATH, got a secret (not shown). Put it into an environment variable or a file, write env:NAME or file:PATH here, and replace the secret: others may have read it (secrets.inline)',
  },
];
