import { expect, test } from 'vitest';
import { createLog } from '../../src/worker/telemetry.js';

test('why something failed is told in the log, also where Temporal tells it', () => {
  const written: string[] = [];
  const log = createLog('warn', { write: (line) => void written.push(line) });
  log.warn({ error: new RangeError('Invalid time value') }, 'Workflow failed');
  expect(JSON.parse(written[0] ?? '')).toMatchObject({
    msg: 'Workflow failed',
    error: { type: 'RangeError', message: 'Invalid time value' },
  });
});
