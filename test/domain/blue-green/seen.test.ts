import { expect, test } from 'vitest';
import { recordedStatus } from '../../../src/domain/blue-green/seen.js';
import { statusOf } from '../../../src/domain/blue-green/status-of.js';
import { waiting } from './arbitraries.js';

const common = statusOf(waiting(), 0);
const end = { outcome: 'promoted', reason: 'well', cause: null, moved: true } as const;

test('which environment serves is known from the end of a rollout, also without a worker [B-03]', () => {
  const weights = [
    { backend: 'blue', percent: 0 },
    { backend: 'green', percent: 100 },
  ];
  const ended = recordedStatus(common, { attributes: {}, memo: null, end: { ...end, weights } as typeof end });
  expect(ended.activeEnvironment).toBe('green');
});

test('before its end nobody but a worker knows which environment serves [B-03]', () => {
  expect(recordedStatus(common, { attributes: {}, memo: null, end: null }).activeEnvironment).toBeNull();
});
