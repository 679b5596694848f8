import { formatCount, formatValue } from '../../../domain/analysis/format.js';
import type { CheckPicture } from '../../../domain/rollout/picture.js';
import { sparkline } from '../bars.js';
import { verdictWords } from '../symbols.js';
import { fit, padEnd, padStart, widthOf } from '../width.js';
import type { View } from './view.js';

const SPARKLINE_COLUMNS = 12;
const GAP = '   ';

/** A line per check; the reason follows on a line of its own when the check is not simply healthy. */
export function checkLines(checks: readonly CheckPicture[], view: View): string[] {
  const rows = checks.map((check) => cellsOf(check));
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => widthOf(row[column] ?? ''))));
  return checks.flatMap((check, index) => {
    const { paint, width } = view;
    const isLast = index === checks.length - 1;
    const [name = '', value = '', bound = '', counts = ''] = rows[index] ?? [];
    const [nameWidth = 0, valueWidth = 0, boundWidth = 0, countsWidth = 0] = widths;
    const cells = [
      `${paint.faint(isLast ? '└─' : '├─')} ${padEnd(name, nameWidth)}`,
      verdictWords(check.verdict, paint),
      padEnd(value, valueWidth),
      padEnd(bound, boundWidth),
      padStart(counts, countsWidth),
      paint.moving(sparkline(check.recent, SPARKLINE_COLUMNS)),
    ];
    const stem = paint.faint(isLast ? '   ' : '│  ');
    const told = check.verdict === 'successful' ? [] : [fit(`${stem}  ${paint.faint(check.reason)}`, width)];
    return [asManyAsFit(cells, width), ...told];
  });
}

/** What is least needed stands last, and is left out first. */
function asManyAsFit([first = '', ...cells]: readonly string[], width: number): string {
  let line = first;
  for (const cell of cells) {
    if (widthOf(line) + GAP.length + widthOf(cell.trimEnd()) > width) break;
    line += GAP + cell;
  }
  return fit(line.trimEnd(), width);
}

function cellsOf({ name, value, baselineValue, unit, bound, ...counts }: CheckPicture): readonly string[] {
  const against = baselineValue === null ? '' : ` vs ${formatValue(baselineValue, unit)}`;
  const seen = `${formatCount(counts.candidateRequests)}/${formatCount(counts.baselineRequests)}`;
  return [
    name,
    `${formatValue(value, unit)}${against}`,
    bound,
    counts.candidateRequests + counts.baselineRequests > 0 ? seen : '',
  ];
}
