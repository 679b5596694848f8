import { formatCount } from './analysis/format.js';

/** Control characters but for tabs and line breaks, and halves of characters: terminals and protocols choke on them. */
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|[\ud800-\udfff]/gu;

const LINE_BREAKS = /[\r\n\u2028\u2029]+/g;

const PAIRS = /[\ud800-\udbff][\udc00-\udfff]/g;

/** `text` with a mark in the place of every character that cannot be shown or sent. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/** The same on one line: with breaks, a reason could write lines of its own into a history or a terminal. */
export function oneLine(text: string): string {
  return printable(text).replace(LINE_BREAKS, ' ');
}

/** How many characters people count: an emoji that needs two units is one. */
export function lengthOf(text: string): number {
  return text.length - (text.match(PAIRS)?.length ?? 0);
}

/** `text` in at most `most` characters, the mark included that says how long it was. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const length = lengthOf(text);
  if (length <= most) return text;
  const mark = cutMark(length);
  const kept = Math.max(0, most - mark.length);
  return (
    Array.from(text.slice(0, 2 * kept))
      .slice(0, kept)
      .join('') + mark
  );
}

/** `text` in at most `mostBytes` of JSON, the mark included. */
export function cutBytes(text: string, mostBytes: number): string {
  if (bytesInJson(text) <= mostBytes) return text;
  const mark = cutMark(lengthOf(text));
  let left = mostBytes - bytesInJson(mark);
  let end = 0;
  for (const character of text) {
    left -= bytesInJson(character);
    if (left < 0) break;
    end += character.length;
  }
  return text.slice(0, end) + mark;
}

/** So many names tell a reader what kind of names there are. */
const MOST_NAMES = 10;

/** `a, b, c`, and how many more there are. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${formatCount(names.length - MOST_NAMES)} more` : shown;
}

function cutMark(length: number): string {
  return `… (cut; ${formatCount(length)} characters)`;
}

/** How many bytes `text` takes inside JSON, without its quotes: payloads are limited in bytes. */
export function bytesInJson(text: string): number {
  return bytesOfJson(text) - 2;
}

/** How many bytes plain data takes as JSON. */
export function bytesOfJson(value: object | string): number {
  return utf8Bytes(JSON.stringify(value));
}

/** How many bytes `text` takes in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Each half of a pair counts two of the four bytes that both take; JSON writes none that stands alone.
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) bytes += 2;
    else bytes += 3;
  }
  return bytes;
}
