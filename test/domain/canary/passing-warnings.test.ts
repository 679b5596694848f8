import { describe, expect, test } from 'vitest';
import type { PassingWarning, Warning } from '../../../src/domain/rollout/warnings.js';
import { CHECKS, PLAN, ROLES, Story } from '../../cli/support/statuses.js';

const NO_TRAFFIC: PassingWarning = { code: 'noTraffic', message: 'blue had no traffic in the last 60 s' };
const NO_CHECKS: Warning = { code: 'noChecks', message: 'no checks: only health probes guard this rollout' };
const SHORT: Warning = { code: 'shortInterval', message: 'make it 90 s or more', leastMs: 90_000 };
const LASTING = 'the version is only a label';

function begun(warnings: readonly Warning[], plan = PLAN): Story {
  return new Story(plan)
    .happens({ type: 'preflightPassed', roles: ROLES, warnings })
    .happens({ type: 'weightsApplied' });
}

const [check] = CHECKS;
const UNSEEN = { candidateRequests: 0, checks: [] };

describe('a warning goes away when it is no longer true', () => {
  test('that there is no traffic: as soon as the watch sees requests, 1,313 of them [W50]', () => {
    const story = begun([LASTING, NO_TRAFFIC]);
    expect(story.status(null).warnings).toEqual([LASTING, NO_TRAFFIC.message]);
    expect(story.status(UNSEEN).warnings).toEqual([LASTING, NO_TRAFFIC.message]);
    expect(story.status({ ...UNSEEN, candidateRequests: 1313 }).warnings).toEqual([LASTING]);
    expect(check).toBeDefined();
    if (check === undefined) return;
    const seen = { ...check, candidateRequests: 0, baselineRequests: 1313 };
    expect(story.status({ ...UNSEEN, checks: [seen] }).warnings).toEqual([LASTING]);
  });

  test('and one that stands for good stays, also in the same words', () => {
    const story = begun([NO_TRAFFIC.message, NO_TRAFFIC]);
    expect(story.status(UNSEEN).warnings).toEqual([NO_TRAFFIC.message, NO_TRAFFIC.message]);
    expect(story.status({ ...UNSEEN, candidateRequests: 1 }).warnings).toEqual([NO_TRAFFIC.message]);
  });

  test('and it does not come back with the next stage, nor at the end [W50]', () => {
    const story = begun([NO_TRAFFIC]).passes();
    expect(story.status(UNSEEN).warnings).toEqual([]);
    expect(story.breaches().undone().status(null).warnings).toEqual([]);
  });

  test('that nothing is checked: when a policy brings checks [W50]', () => {
    const story = begun([NO_CHECKS], { ...PLAN, analysis: { checks: [] } });
    expect(story.status(null).warnings).toEqual([NO_CHECKS.message]);
    expect(story.commanded('setRollbackPolicy', { policy: { errorRateThreshold: 0.1 } }).status(null).warnings).toEqual(
      [],
    );
  });

  test('that the interval is too short: when it is made longer [W50]', () => {
    const story = begun([SHORT]);
    expect(story.status(null).warnings).toEqual([SHORT.message]);
    expect(story.commanded('configure', { monitoringInterval: 80 }).status(null).warnings).toEqual([SHORT.message]);
    expect(story.commanded('configure', { monitoringInterval: 90 }).status(null).warnings).toEqual([]);
  });
});
