import type { Outcome } from '../../domain/rollout/phase.js';
import { DEMO_VERSIONS, type DemoVersion } from './versions.js';

/** One rollout of the story, and how it must end. */
export interface Chapter {
  readonly title: string;
  readonly release: DemoVersion;
  readonly mustEnd: Outcome;
  /** The check that must have caught it. */
  readonly caughtBy?: string;
}

/** How fast the story is told. */
export interface Pace {
  readonly stageSeconds: number;
  readonly requestsPerSecond: number;
}

export const PACES = {
  normal: { stageSeconds: 7, requestsPerSecond: 250 },
  fast: { stageSeconds: 3, requestsPerSecond: 400 },
} as const satisfies Record<string, Pace>;

/** As many requests of the candidate as 5 % of the traffic brings within most of the first stage. */
function requestsPerVerdict({ stageSeconds, requestsPerSecond }: Pace): number {
  return Math.floor(0.05 * requestsPerSecond * stageSeconds * 0.6);
}

/** The specification that the story's rollouts follow, as a person would write it. */
export function demoSpec(pace: Pace, version: string = DEMO_VERSIONS.healthy.version): string {
  const duration = `${String(pace.stageSeconds)}s`;
  const minRequests = String(requestsPerVerdict(pace));
  return `apiVersion: headgate/v1
kind: Canary
service: checkout
version: ${version}
stages:
  - { traffic: 5%, duration: ${duration} }
  - { traffic: 25%, duration: ${duration} }
  - { traffic: 50%, duration: ${duration} }
  - { traffic: 100% }
checks:
  - { metric: errorRate, max: 1%, minRequests: ${minRequests} }
  - { metric: latencyP95, max: 1s, minRequests: ${minRequests} }
health: { endpoints: [/health], interval: 1s, successThreshold: 95% }
monitoringInterval: 1s
rollbackWindow: ${duration}
`;
}

/** The same for releases that are switched to. */
function switchSpec({ stageSeconds }: Pace): string {
  return `apiVersion: headgate/v1
kind: BlueGreen
service: checkout
switch: { when: healthy }
checks:
  - { metric: errorRate, max: 1%, minRequests: 50 }
health: { endpoints: [/health], interval: 500ms, successThreshold: 95% }
monitoringInterval: 1s
rollbackWindow: ${String(2 * stageSeconds)}s
`;
}

/** What is shown. */
export interface Story {
  /** The specification that its rollouts follow, as a person would write it. */
  readonly spec: (pace: Pace) => string;
  readonly chapters: readonly Chapter[];
  /** What it came to, when it went as it must. */
  readonly moral: string;
}

export const STORIES = {
  canary: {
    spec: demoSpec,
    chapters: [
      { title: 'a healthy release', release: DEMO_VERSIONS.healthy, mustEnd: 'promoted' },
      { title: 'a release with errors', release: DEMO_VERSIONS.failing, mustEnd: 'rolledBack', caughtBy: 'errorRate' },
      { title: 'a slow release', release: DEMO_VERSIONS.slow, mustEnd: 'rolledBack', caughtBy: 'latencyP95' },
    ],
    moral: 'One good release promoted, two bad ones caught and undone, nobody had to look.',
  },
  'blue-green': {
    spec: switchSpec,
    chapters: [
      { title: 'a healthy release', release: DEMO_VERSIONS.healthy, mustEnd: 'promoted' },
      { title: 'a release that dies', release: DEMO_VERSIONS.dying, mustEnd: 'rolledBack' },
      { title: 'a release with errors', release: DEMO_VERSIONS.failing, mustEnd: 'rolledBack', caughtBy: 'errorRate' },
    ],
    moral: 'One switch stays, two went back by themselves onto an environment that was known to be well.',
  },
} as const satisfies Readonly<Record<string, Story>>;

export type StoryName = keyof typeof STORIES;
