import type { Exit } from './exit-codes.js';
import type { Document } from './output/documents.js';
import type { View } from '../presentation/view.js';

/** What a command came to: the same for people and for programs. */
export interface Result {
  /** `null`: it has printed what there is to print. */
  readonly document: Document | { readonly raw: unknown } | null;
  /** For `-o jsonl`, when it is more than one line. */
  readonly lines?: readonly Document[];
  readonly text: (view: TextView) => readonly string[];
  /** @default 'reached' */
  readonly exit?: Exit;
}

/** Where text goes; what need not be whole is cut at its width. */
export type TextView = Omit<View, 'height'>;
