import { sizeOf, type Screen } from './screen.js';
import { widthOf } from './width.js';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** Terminals that know synchronised output show a frame at once; the others ignore it. */
const BEGIN_FRAME = '\u001b[?2026h';
const END_FRAME = '\u001b[?2026l';
const CLEAR_TO_END_OF_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/**
 * Redraws lines in place: every line is overwritten and only its rest is cleared, so nothing flickers. What stood
 * above stays, and the last frame stays when it ends.
 */
export class LiveView {
  private drawn: readonly string[] = [];
  private isOpen = false;

  constructor(private readonly screen: Screen) {}

  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, Math.max(1, sizeOf(this.screen).rows - 1));
    const up = this.rowsDrawn();
    const body = shown.map((line) => `${line}${CLEAR_TO_END_OF_LINE}\n`).join('');
    this.screen.write(
      `${this.isOpen ? '' : HIDE_CURSOR}${BEGIN_FRAME}\r${up === 0 ? '' : `\u001b[${String(up)}A`}${body}${CLEAR_BELOW}${END_FRAME}`,
    );
    this.isOpen = true;
    this.drawn = shown;
  }

  /** Says something for good, in the place of the frame: the next one is drawn below it. */
  say(lines: readonly string[]): void {
    const up = this.rowsDrawn();
    const home = up === 0 ? '' : `\r\u001b[${String(up)}A${CLEAR_BELOW}`;
    this.screen.write(`${home}${lines.map((line) => `${line}\n`).join('')}`);
    this.drawn = [];
  }

  /** Gives the cursor back; what was drawn last stays. */
  end(): void {
    if (this.isOpen) this.screen.write(SHOW_CURSOR);
    this.isOpen = false;
    this.drawn = [];
  }

  /** After a resize the lines that were drawn may have been wrapped into more rows; more than the screen has are gone. */
  private rowsDrawn(): number {
    const { columns, rows: shown } = sizeOf(this.screen);
    const rows = this.drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    return Math.min(rows, shown - 1);
  }
}
