/** What moves the cursor, paints or links, and takes no column: ECMA-48, 5.4 and 5.6. */
const CONTROL = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g;

const STYLE = /\u001b\[[0-9;]*m/y;

/** Latin, and the arrows, boxes and blocks that the program draws with. */
const ONE_COLUMN_EACH = /^[\u0020-\u02ff\u2010-\u2bff]*$/;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that `text` takes in a terminal. Ambiguous characters count as one column. */
export function widthOf(text: string): number {
  const plain = text.replace(CONTROL, '');
  if (ONE_COLUMN_EACH.test(plain)) return plain.length;
  let width = 0;
  for (const { segment } of graphemes.segment(plain)) width += columnsOf(segment);
  return width;
}

/** East Asian wide characters and emoji take two columns. */
function columnsOf(grapheme: string): number {
  const point = grapheme.codePointAt(0) ?? 0;
  const wide =
    (point >= 0x1100 && point <= 0x115f) ||
    (point >= 0x2e80 && point <= 0xa4cf) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xfe30 && point <= 0xfe6f) ||
    (point >= 0xff00 && point <= 0xff60) ||
    (point >= 0x1f300 && point <= 0x1faff) ||
    (point >= 0x20000 && point <= 0x3fffd);
  return wide ? 2 : 1;
}

/** `text` in at most `width` columns; what is cut off is marked. Styles that were open are closed. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 0;
  let styled = false;
  for (let at = 0; at < text.length;) {
    STYLE.lastIndex = at;
    const style = STYLE.exec(text)?.[0];
    if (style !== undefined) {
      kept += style;
      styled = true;
      at += style.length;
      continue;
    }
    const [first] = graphemes.segment(text.slice(at, at + 64));
    const grapheme = first?.segment ?? text.charAt(at);
    if (used + columnsOf(grapheme) > width - 1) break;
    kept += grapheme;
    used += columnsOf(grapheme);
    at += grapheme.length;
  }
  return `${kept}…${styled ? '\u001b[0m' : ''}`;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Puts `parts` side by side, and on a new line, indented, where they do not fit. */
export function flow(parts: readonly string[], width: number, gap = '   ', indent = '  '): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.at(-1);
    if (line !== undefined && widthOf(line) + gap.length + widthOf(part) <= width)
      lines[lines.length - 1] = `${line}${gap}${part}`;
    else lines.push(line === undefined ? part : `${indent}${part}`);
  }
  return lines;
}
