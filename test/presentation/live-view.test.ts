import { describe, expect, test } from 'vitest';
import { LiveView } from '../../src/presentation/live-view.js';

/** As much of a terminal as the view needs: moves, clears, wraps. What scrolls out at the top is kept too. */
class Terminal {
  private grid: string[] = [''];
  private row = 0;
  private column = 0;
  cursorShown = true;
  written = '';

  constructor(
    public columns: number,
    public rows: number,
  ) {}

  write(text: string): void {
    this.written += text;

    for (const [token] of text.matchAll(/\u001b\[\??([0-9;]*)([A-Za-z])|[^]/gu)) this.take(token);
  }

  get screen(): string[] {
    return this.grid.map((line) => line.trimEnd());
  }

  private take(token: string): void {
    if (token === '\n') this.down();
    else if (token === '\r') this.column = 0;
    else if (!token.startsWith('\u001b')) this.put(token);
    else if (token.endsWith('A')) this.row = Math.max(this.top, this.row - Number(token.slice(2, -1)));
    else if (token.endsWith('K')) this.grid[this.row] = this.line.slice(0, this.column);
    else if (token.endsWith('J')) this.clearBelow();
    else if (token === '\u001b[?25l') this.cursorShown = false;
    else if (token === '\u001b[?25h') this.cursorShown = true;
  }

  private get line(): string {
    return this.grid[this.row] ?? '';
  }

  private get top(): number {
    return Math.max(0, this.grid.length - this.rows);
  }

  private put(character: string): void {
    if (this.column === this.columns) this.down();
    this.grid[this.row] =
      this.line.padEnd(this.column).slice(0, this.column) + character + this.line.slice(this.column + 1);
    this.column += 1;
  }

  private down(): void {
    this.row += 1;
    this.column = 0;
    if (this.row === this.grid.length) this.grid.push('');
  }

  private clearBelow(): void {
    this.grid[this.row] = this.line.slice(0, this.column);
    this.grid.length = this.row + 1;
  }
}

describe('the live view', () => {
  test('redraws in place and leaves what stood above', () => {
    const terminal = new Terminal(40, 20);
    terminal.write('$ headgate watch\n');
    const view = new LiveView(terminal);
    view.draw(['first', 'second', 'third']);
    view.draw(['1st', '2nd']);
    expect(terminal.screen).toEqual(['$ headgate watch', '1st', '2nd', '']);
  });

  test('keeps its last frame and gives the cursor back', () => {
    const terminal = new Terminal(40, 20);
    const view = new LiveView(terminal);
    view.draw(['going']);
    expect(terminal.cursorShown).toBe(false);
    view.draw(['gone']);
    view.end();
    terminal.write('$ ');
    expect(terminal.cursorShown).toBe(true);
    expect(terminal.screen).toEqual(['gone', '$']);
  });

  test('never writes more rows than the terminal has', () => {
    const terminal = new Terminal(40, 5);
    const view = new LiveView(terminal);
    const frame = Array.from({ length: 9 }, (_, index) => `line ${String(index)}`);
    view.draw(frame);
    view.draw(frame);
    expect(terminal.screen).toEqual(['line 0', 'line 1', 'line 2', 'line 3', '']);
  });

  test('finds its place again when a narrower terminal has wrapped its lines', () => {
    const terminal = new Terminal(40, 20);
    const view = new LiveView(terminal);
    view.draw(['a'.repeat(30), 'b']);
    const narrow = new Terminal(20, 20);
    narrow.write(`${'a'.repeat(30)}\nb\n`);
    terminal.columns = 20;
    terminal.written = '';
    view.draw(['c', 'd']);
    narrow.write(terminal.written);
    expect(narrow.screen).toEqual(['c', 'd', '']);
  });

  test('draws a frame as one: nothing is cleared before it is overwritten', () => {
    const terminal = new Terminal(40, 20);
    const view = new LiveView(terminal);
    view.draw(['one']);
    terminal.written = '';
    view.draw(['two']);
    expect(terminal.written).toBe('\u001b[?2026h\r\u001b[1Atwo\u001b[K\n\u001b[J\u001b[?2026l');
  });
});
