/**
 * What takes a step back, as data: it is known before the step is taken, because a step that timed out may have happened,
 * and it goes along when the workflow continues as new. Carried out newest first; each sets something absolute, so that
 * doing it twice changes nothing.
 */
export interface Undo {
  /** What is undone; a kind of rollout says what else it needs for that. */
  readonly kind: string;
}

interface Undoable {
  readonly undos: readonly Undo[];
}

/** The same undo twice is one. */
export function willUndo<S extends Undoable>(state: S, undo: Undo): S {
  const wanted = JSON.stringify(undo);
  if (state.undos.some((known) => JSON.stringify(known) === wanted)) return state;
  return { ...state, undos: [...state.undos, undo] };
}

/** The newest one is done. */
export function didUndo<S extends Undoable>(state: S): S {
  return { ...state, undos: state.undos.slice(0, -1) };
}
