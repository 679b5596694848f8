import type { Problem } from '../../errors.js';

/** What somebody wants who wants back what served before. */
export interface UndoWish {
  /** The backend that shall serve again. Absent: the one that did before. */
  readonly to?: string;
  /** At once: without probes, gates and metrics. Never without a look at what the backend holds. */
  readonly now?: boolean;
  readonly reason?: string;
}

/**
 * What is wrong with what is wanted of a rollout besides its plan, in what somebody typed as JSON. A mistyped undo must not
 * be taken for a rollout of something new.
 */
export function problemsOfWish(input: unknown): Problem[] {
  if (!isFields(input)) return [];
  const { again, undo } = input;
  return [
    ...(again === undefined || typeof again === 'boolean' ? [] : [wrong('again', 'true or false', again)]),
    ...(undo === undefined ? [] : problemsOfUndo(undo)),
  ];
}

function problemsOfUndo(undo: unknown): Problem[] {
  if (!isFields(undo)) return [wrong('undo', 'an object, {} to begin with', undo)];
  const { to, now, reason, ...others } = undo;
  return [
    ...(to === undefined || typeof to === 'string' ? [] : [wrong('undo.to', 'the name of a backend', to)]),
    ...(now === undefined || typeof now === 'boolean' ? [] : [wrong('undo.now', 'true or false', now)]),
    ...(reason === undefined || typeof reason === 'string' ? [] : [wrong('undo.reason', 'some text', reason)]),
    ...Object.keys(others).map((key) => wrong(`undo.${key}`, 'to, now or reason', others[key])),
  ];
}

function wrong(path: string, expected: string, got: unknown): Problem {
  return {
    rule: 'input.shape',
    path,
    message: 'This is of the wrong kind',
    expected,
    got: JSON.stringify(got).slice(0, 80),
  };
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
