import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { defaultsFrom } from '../../src/config/defaults.js';
import { parseSpecs } from '../../src/spec/parse-specs.js';
import { folderWith, load, told, withMore, withService } from './support.js';

const BARE = '{ apiVersion: headgate/v1, kind: Canary, service: checkout }';

test('each of the ten variables is a default [K-01]', () => {
  const env = {
    DEPLOYMENT_STRATEGY: 'blue-green',
    DEPLOYMENT_TIER: 'professional',
    FEATURE_FLAGS_ENABLED: 'false',
    AB_TEST_MINIMUM_SAMPLE_SIZE: '500',
    AB_TEST_CONFIDENCE_LEVEL: '0.99',
    BLUE_GREEN_HEALTH_CHECK_INTERVAL: '10',
    BLUE_GREEN_ROLLBACK_THRESHOLD: '0.9',
    CANARY_INITIAL_TRAFFIC: '0.1',
    CANARY_MONITORING_INTERVAL: '30',
    CANARY_AUTO_PROGRESSION: 'false',
  };

  expect(loadConfig({ env, cwd: folderWith({}) }).defaults).toEqual({
    strategy: 'blue-green',
    tier: 'professional',
    featureFlagsEnabled: false,
    minimumSampleSize: 500,
    confidenceLevel: 0.99,
    healthCheckIntervalMs: 10_000,
    rollbackThreshold: 0.9,
    initialTrafficPercent: 10,
    monitoringIntervalMs: 30_000,
    autoProgression: false,
  });
});

test('units and spellings that people use are understood [K-01] [U-01]', () => {
  const env = {
    DEPLOYMENT_STRATEGY: 'Blue_Green',
    FEATURE_FLAGS_ENABLED: 'ON',
    AB_TEST_CONFIDENCE_LEVEL: '99%',
    CANARY_INITIAL_TRAFFIC: ' 2.5% ',
    CANARY_MONITORING_INTERVAL: '2m',
    CANARY_AUTO_PROGRESSION: '',
  };

  expect(loadConfig({ env, cwd: folderWith({}) }).defaults).toMatchObject({
    strategy: 'blue-green',
    featureFlagsEnabled: true,
    confidenceLevel: 0.99,
    initialTrafficPercent: 2.5,
    monitoringIntervalMs: 120_000,
    autoProgression: true,
  });
});

test('bad values stop the start with one message that lists them all, beside those of the file [K-01]', () => {
  const env = {
    DEPLOYMENT_STRATEGY: 'canarry',
    DEPLOYMENT_TIER: 'gold',
    FEATURE_FLAGS_ENABLED: 'maybe',
    AB_TEST_MINIMUM_SAMPLE_SIZE: '0',
    AB_TEST_CONFIDENCE_LEVEL: '95',
    BLUE_GREEN_HEALTH_CHECK_INTERVAL: '-30',
    BLUE_GREEN_ROLLBACK_THRESHOLD: '1.5',
    CANARY_INITIAL_TRAFFIC: '5',
    CANARY_MONITORING_INTERVAL: 'often',
    CANARY_AUTO_PROGRESSION: '2',
    HEADGATE_OUTPUT: 'yaml',
    HEADGATE_HEALTH_PORT: '70000',
  };

  expect(told(withMore('ouput: json'), env)).toEqual([
    'headgate.yaml:4:1 ouput: There is no key "ouput" here. Did you mean output? (keys.unknown)',
    'DEPLOYMENT_STRATEGY: This is not one of the choices; expected canary, blue-green, ab-test, feature-flag, got "canarry". Did you mean canary? (value.unknown)',
    'DEPLOYMENT_TIER: This is not one of the choices; expected personal, professional, enterprise, got "gold" (value.unknown)',
    'FEATURE_FLAGS_ENABLED: This is neither on nor off; expected true or false, got "maybe" (value.unknown)',
    'AB_TEST_MINIMUM_SAMPLE_SIZE: This is not a whole number in range; expected a whole number of at least 1, got "0" (range)',
    'AB_TEST_CONFIDENCE_LEVEL: A share without a percent sign is a fraction; expected between 0 and 1, e.g. 0.95 or 95%, got "95". Write 95% or 0.95 (units.share)',
    'BLUE_GREEN_HEALTH_CHECK_INTERVAL: This is out of range; expected seconds above 0, e.g. 30 or 30s, got "-30" (range)',
    'BLUE_GREEN_ROLLBACK_THRESHOLD: A share without a percent sign is a fraction; expected above 0 and at most 1, e.g. 0.95 or 95%, got "1.5". Write 1.5% or 0.015 (units.share)',
    'CANARY_INITIAL_TRAFFIC: A share without a percent sign is a fraction; expected above 0 and at most 1, e.g. 0.05 or 5%, got "5". Write 5% or 0.05 (units.share)',
    'CANARY_MONITORING_INTERVAL: This is not a time; expected seconds above 0, e.g. 60 or 60s, got "often" (units.duration)',
    'CANARY_AUTO_PROGRESSION: This is neither on nor off; expected true or false, got "2" (value.unknown)',
    'HEADGATE_OUTPUT: This is not one of the choices; expected text, json, jsonl, got "yaml" (value.unknown)',
    'HEADGATE_HEALTH_PORT: This is not a whole number in range; expected a whole number from 0 to 65535, got "70000" (range)',
  ]);
});

test('a variable that almost has one of our names is mentioned', () => {
  const cwd = folderWith({});

  expect(loadConfig({ env: { HEADGATE_OUPUT: 'json', HEADGATE_SOMETHING_ELSE: '1' }, cwd }).warnings).toEqual([
    'HEADGATE_OUPUT is not a variable that Headgate reads; did you mean HEADGATE_OUTPUT?',
  ]);
});

test.each([
  [undefined, [5, 25, 50, 100]],
  ['1%', [1, 25, 50, 100]],
  ['0.25', [25, 50, 100]],
  ['30%', [30, 50, 100]],
  ['1', [100]],
])('CANARY_INITIAL_TRAFFIC=%s makes the default plan %j, and a specification is stronger [K-01]', (traffic, shares) => {
  const env = traffic === undefined ? {} : { CANARY_INITIAL_TRAFFIC: traffic };
  const defaults = defaultsFrom(loadConfig({ env, cwd: folderWith({}) }));
  const sharesOf = (text: string): (number | undefined)[] =>
    parseSpecs(text, { file: 'c.yaml', defaults })[0]?.plan.stages.map((stage) => stage.trafficPercent) ?? [];

  expect(sharesOf(BARE)).toEqual(shares);
  expect(sharesOf(BARE.replace(' }', ', stages: [{ traffic: 7%, duration: 1m }, { traffic: 100% }] }'))).toEqual([
    7, 100,
  ]);
});

test('the interval and auto-progression of the environment are the defaults of plans [K-01]', () => {
  const env = { CANARY_MONITORING_INTERVAL: '15', CANARY_AUTO_PROGRESSION: 'no' };
  const defaults = defaultsFrom(loadConfig({ env, cwd: folderWith({}) }));

  expect(parseSpecs(BARE, { file: 'c.yaml', defaults })[0]?.plan).toMatchObject({
    monitoringIntervalMs: 15_000,
    autoProgression: false,
  });
});

test('endpoints that are configured for a service are probed in its rollouts', () => {
  const config = load(withService('{ backends: { blue: {}, green: {} }, health: { endpoints: [/ok], timeout: 1s } }'));

  expect(parseSpecs(BARE, { file: 'c.yaml', defaults: defaultsFrom(config) })[0]?.plan.health).toEqual({
    endpoints: ['/ok'],
    intervalMs: 30_000,
    timeoutMs: 1000,
    successThreshold: 0.95,
  });
});
