import type { Paint } from './paint.js';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A bar of `width` columns, `percent` of it filled; anything above 0 shows. */
export function bar(percent: number, width: number, paint: Paint): string {
  const wanted = Math.round((Math.min(100, Math.max(0, percent)) / 100) * width * 8);
  const eighths = percent > 0 ? Math.max(1, wanted) : 0;
  const filled = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return paint.moving(filled) + paint.faint('·'.repeat(width - filled.length));
}

/** The newest `width` values as a line of blocks, from the smallest to the largest of them. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.filter(Number.isFinite).slice(-width);
  const low = Math.min(...shown);
  const span = Math.max(...shown) - low;
  return shown
    .map((value) => LEVELS[span === 0 ? 0 : Math.round(((value - low) / span) * (LEVELS.length - 1))] ?? '')
    .join('');
}
