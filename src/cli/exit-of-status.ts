import { isFailingToMove, isStuck, type Awaitable } from '../domain/stages/status.js';
import { isReached, type Awaited } from '../client/wait-for-rollout.js';
import type { Exit } from './exit-codes.js';

/** What the waiting came to, once `status` ended it. */
export function exitOfStatus(status: Awaitable, awaited: Awaited = 'promoted'): Exit {
  // Without a worker the same rollout is a workflow that failed: what it says of itself changes nothing.
  if (status.outcome === 'aborted' && status.stop?.cause === 'fault') return 'unexpected';
  if (isReached(status, awaited)) return 'reached';
  if (status.outcome === null) return exitInFlight(status);
  switch (status.outcome) {
    case 'promoted':
      // It was to be undone: that came too late.
      return awaited === 'undone' ? 'conflict' : 'reached';
    case 'rolledBack':
      return 'rolledBack';
    case 'superseded':
      return 'superseded';
    case 'aborted':
      return exitOfAborted(status);
  }
}

function exitInFlight(status: Awaitable): Exit {
  if (status.endedAt !== null) return 'unexpected';
  if (isFailingToMove(status)) return 'undoFailing';
  return isStuck(status) ? 'needsHuman' : 'reached';
}

function exitOfAborted({ stop, problems = [] }: Awaitable): Exit {
  if (problems.some(({ subject }) => subject === 'freeze')) return 'conflict';
  if (stop?.cause === 'preflight') return 'invalid';
  return stop?.cause === 'approvalTimeout' ? 'needsHuman' : 'aborted';
}
