/** A specification with one mistake, and what a person is told. */
export interface RefusedSpec {
  readonly title: string;
  readonly text: string;
  readonly says: string;
}

const HEAD = `apiVersion: headgate/v1
kind: Canary
service: checkout
version: 1.2.3
`;

const STAGES = `stages:
  - { traffic: 5%, duration: 10m }
  - { traffic: 100% }
`;

/** A good specification, and these lines after it. */
export function withMore(lines: string): string {
  return `${HEAD}${STAGES}${lines}\n`;
}

/** With these stages instead of good ones: a list in lines, or in brackets. */
export function withStages(stages: string): string {
  return `${HEAD}stages:${stages.startsWith('-') ? '\n' : ' '}${stages}\n`;
}

/** With these checks, on one line. */
export function withChecks(checks: string): string {
  return withMore(`checks: [${checks}]`);
}
