import type { Chooser } from './chooser.js';

/** A text as a schedule keeps it: short, however long the text is. */
export interface TextSpec {
  readonly unit: string;
  readonly times: number;
}

export function textOf({ unit, times }: TextSpec): string {
  return unit.repeat(times);
}

export function plain(text: string): TextSpec {
  return { unit: text, times: 1 };
}

/** What people type, paste and send by mistake. */
const UNITS = [
  'a',
  'because the customers call ',
  '🙂',
  '👩‍👩‍👧‍👦',
  'é',
  'שלום ',
  '\u0000',
  '\u001b[31mred',
  '\r\n',
  '\u2028',
  '\ud800',
  '"\\',
  "'; drop table rollouts; --",
  '{{version}}',
  '${HOME}',
  '<script>',
  '%s%n',
  '../',
];

/** Bytes of UTF-8, about: from nothing to a whole megabyte. */
const SIZES = [0, 1, 1, 20, 20, 200, 200, 2000, 20_000, 200_000, 1_000_000];

/** Most texts are ordinary ones. */
const ORDINARY_SHARE = 0.7;

const ORDINARY = ['looks good', 'customers call', 'not on a Friday', 'Ada', 'ci:acme/shop#9913', 'lunch'];

export function chooseText(choose: Chooser): TextSpec {
  if (choose.chance(ORDINARY_SHARE)) return plain(choose.one(ORDINARY));
  const unit = choose.one(UNITS);
  const times = Math.floor(choose.one(SIZES) / Buffer.byteLength(unit));
  return { unit, times };
}
