import { expect, test } from 'vitest';
import { detailsOf } from '../../src/presentation/details.js';
import { whatComes } from '../../src/presentation/next.js';
import { PLAN, Story } from '../cli/support/statuses.js';

test('a deadline means the same in the Temporal UI and in the command line', () => {
  const story = new Story(PLAN)
    .begins()
    .after(600_000)
    .happens({ type: 'judged', verdict: 'error', reason: 'no data' });
  const status = story.status(null);
  expect(detailsOf(status)).toContain('Without an answer by 2027-01-31T14:40:01.230Z: a person is called.');
  expect(whatComes(status, story.now)).toBe('a person is called in 30m, unless it is known by then');
});
