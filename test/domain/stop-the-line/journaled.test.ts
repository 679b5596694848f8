import { expect, test } from 'vitest';
import { journaledOf } from '../../../src/domain/stop-the-line/journaled.js';

const started = { rolloutId: 'checkout@1', kind: 'started' };
const moved = { rolloutId: 'checkout@1', kind: 'decision', data: { baseline: 'blue' } };
const ended = { rolloutId: 'checkout@1', kind: 'outcome', data: { baseline: 'blue' } };
const byHand = { rolloutId: 'checkout@break-glass', kind: 'break-glass' };

test('the journal tells what a rollout in flight goes back to, also of one that was terminated [M-07]', () => {
  expect(journaledOf([started, moved])).toEqual({ kind: 'inFlight', baseline: 'blue' });
  expect(journaledOf([started])).toEqual({ kind: 'inFlight', baseline: null });
});

test('a rollout that has ended rests, and so does what somebody has set past it [M-07]', () => {
  expect(journaledOf([started, moved, ended])).toEqual({ kind: 'resting' });
  expect(journaledOf([started, moved, byHand])).toEqual({ kind: 'resting' });
});

test('a newer rollout counts, and a service without any is not known [M-07]', () => {
  const newer = { rolloutId: 'checkout@2', kind: 'decision', data: { baseline: 'green' } };
  expect(journaledOf([started, moved, ended, newer])).toEqual({ kind: 'inFlight', baseline: 'green' });
  expect(journaledOf([])).toEqual({ kind: 'unknown' });
});
