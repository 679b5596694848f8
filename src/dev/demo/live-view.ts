import { renderFrame, type Colors, type Picture } from './frame.js';
import type { View } from './view.js';
import { sizeOf, type Screen } from '../screen.js';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[0J';

/** Draws over its own last frame; what is said for good stays above it. */
export class LiveView implements View {
  private drawnLines = 0;

  constructor(
    private readonly out: Screen,
    private readonly colors: Colors,
  ) {
    out.write(HIDE_CURSOR);
  }

  show(picture: Picture): void {
    // A frame that is taller than the terminal could not be drawn over.
    const { columns, rows } = sizeOf(this.out);
    const lines = renderFrame(picture, columns, this.colors).slice(0, rows - 1);
    this.out.write(`${this.home()}${lines.join('\n')}\n`);
    this.drawnLines = lines.length;
  }

  say(...lines: readonly string[]): void {
    this.out.write(`${this.home()}${lines.map((line) => `${line}\n`).join('')}`);
    this.drawnLines = 0;
  }

  end(): void {
    this.out.write(SHOW_CURSOR);
  }

  private home(): string {
    return this.drawnLines === 0 ? '' : `\u001b[${String(this.drawnLines)}A\r${CLEAR_BELOW}`;
  }
}
