import { formatCount, formatNumber, formatValue } from '../domain/analysis/format.js';
import type { CheckPicture } from '../domain/traffic/picture.js';
import { sparkline } from './bars.js';
import { verdictWords } from './marks.js';
import { fit, padEnd, padStart, widthOf } from './width.js';
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

/** The same as one sentence. */
export function checkSentence({ name, reason }: Pick<CheckPicture, 'name' | 'reason'>): string {
  return `${name} ${reason}`;
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

function cellsOf(check: CheckPicture): readonly string[] {
  const { name, bound, ...counts } = check;
  const seen = `${formatCount(counts.candidateRequests)}/${formatCount(counts.baselineRequests)}`;
  return [name, valueWords(check), bound, counts.candidateRequests + counts.baselineRequests > 0 ? seen : ''];
}

/** `0.31 % [0.21, 0.45] vs 0.29 %`; of a check against the baseline `+4.1 % [-2, +11]`. */
function valueWords({ value, baselineValue, unit, interval, increase }: CheckPicture): string {
  if (increase != null) {
    const [low, high] = [signed(increase.low), signed(increase.high)];
    return `${signed(increase.value)} % [${low}, ${high}]`;
  }
  const against = baselineValue === null ? '' : ` vs ${formatValue(baselineValue, unit)}`;
  const scale = unit === 'fraction' ? 100 : 1;
  const between =
    interval == null ? '' : ` [${formatNumber(interval.low * scale)}, ${formatNumber(interval.high * scale)}]`;
  return `${formatValue(value, unit)}${between}${against}`;
}

/** A share as a percentage with its sign, two digits: it is an estimate. */
function signed(share: number): string {
  const percent = Number((share * 100).toPrecision(2));
  return `${percent < 0 ? '-' : '+'}${formatNumber(Math.abs(percent))}`;
}
