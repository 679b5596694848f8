import { bounded, boundedText } from '../domain/rollout/bounded.js';
import type { Activities } from './contracts.js';

/**
 * The same activities, none of whose answers or failures is too long for a history: whatever an adapter says, and however
 * much, ends here. A payload that is too large fails the workflow task again and again.
 */
export function withBounds(activities: Activities): Activities {
  const entries = Object.entries(activities).map(([name, activity]) => [name, bounding(activity as AnyActivity)]);
  return Object.fromEntries(entries) as Activities;
}

type AnyActivity = (input: unknown) => Promise<unknown>;

function bounding(activity: AnyActivity): AnyActivity {
  return async (input) => {
    try {
      const report = await activity(input);
      return typeof report === 'object' && report !== null ? bounded(report) : report;
    } catch (error) {
      throw shortened(error);
    }
  };
}

const DEEPEST_CAUSE = 10;

/** The same error, so that it stays of its kind; what it says is shortened, and so is what caused it. */
function shortened(error: unknown, depth = DEEPEST_CAUSE): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? boundedText(error) : error;
  const { message: said, stack } = error;
  const message = boundedText(said);
  if (message !== said) {
    Reflect.defineProperty(error, 'message', { value: message });
    if (stack !== undefined) Reflect.defineProperty(error, 'stack', { value: stack.replace(said, () => message) });
  }
  if (depth > 0) shortened(error.cause, depth - 1);
  return error;
}
