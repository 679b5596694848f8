import { formatValue } from '../../domain/analysis/format.js';
import { formatDuration } from '../../domain/duration.js';
import type { PolicyRuns, SimulatedRun } from '../../domain/simulation/simulated-run.js';
import type { SimulationSetup } from '../../domain/simulation/simulate.js';

/** What is drawn. */
export interface Plotted {
  readonly service: string;
  readonly setup: SimulationSetup;
  readonly policies: readonly PolicyRuns[];
}

/** Told apart by people who see colours differently: Okabe, Ito, *Color Universal Design*, 2008. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#a64d79'];

const INK = '#24292f';
const RULE = '#d0d7de';
const LEFT = 64;
const WIDTH = 640;
const PANEL = 170;
const TOP = 64;
const GAP = 56;
const POINTS = 160;

interface Curve {
  readonly label: string;
  readonly color: string;
  readonly dashed: boolean;
  /** 0–1, at {@link POINTS} + 1 moments. */
  readonly values: readonly number[];
}

/** Above, which part of the rollouts was rolled back by when; below, the candidate's share over time. */
export function simulationPlot({ service, setup, policies }: Plotted): string {
  const endMs = Math.max(1, ...policies.flatMap(({ healthy, bad }) => [...healthy, ...(bad ?? [])]).map(endOfRun));
  const found = policies.flatMap((runs, index) => curvesOf(runs, colorOf(index), endMs, rolledBackBy));
  const [ours] = policies;
  const weights = ours === undefined ? [] : curvesOf(ours, colorOf(0), endMs, shareAt);
  const height = TOP + 2 * PANEL + GAP + 44 + 18 * policies.length + 24;
  const title = `${service}: ${String(setup.runs)} simulated rollouts with a healthy candidate and as many with a bad one`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(LEFT + WIDTH + 24)} ${String(height)}" font-family="system-ui,sans-serif" font-size="12" fill="${INK}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(describe(policies))}</desc>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="16" y="26" font-size="15" font-weight="600">${escaped(title)}</text>`,
    ...panel('rolled back by then', TOP, found, endMs),
    ...panel("the candidate's share (Headgate, mean)", TOP + PANEL + GAP, weights, endMs),
    ...legend(policies, TOP + 2 * PANEL + GAP + 48),
    '</svg>',
    '',
  ].join('\n');
}

function endOfRun({ endedAtMs }: SimulatedRun): number {
  return endedAtMs;
}

function colorOf(index: number): string {
  return COLORS[index % COLORS.length] ?? INK;
}

function curvesOf(
  { policy, healthy, bad }: PolicyRuns,
  color: string,
  endMs: number,
  valueAt: (run: SimulatedRun, atMs: number) => number,
): readonly Curve[] {
  const curve = (label: string, dashed: boolean, runs: readonly SimulatedRun[]): Curve => ({
    label,
    color,
    dashed,
    values: Array.from({ length: POINTS + 1 }, (_, point) => {
      const atMs = (endMs * point) / POINTS;
      return runs.reduce((sum, run) => sum + valueAt(run, atMs), 0) / runs.length;
    }),
  });
  return [curve(`${policy}, healthy`, true, healthy), ...(bad === null ? [] : [curve(`${policy}, bad`, false, bad)])];
}

function rolledBackBy({ outcome, endedAtMs }: SimulatedRun, atMs: number): number {
  return outcome === 'rolledBack' && endedAtMs <= atMs ? 1 : 0;
}

function shareAt({ shares }: SimulatedRun, atMs: number): number {
  return (shares.findLast((change) => change.atMs <= atMs)?.sharePercent ?? 0) / 100;
}

function panel(name: string, top: number, curves: readonly Curve[], endMs: number): string[] {
  const bottom = top + PANEL;
  const y = (value: number): string => (bottom - value * PANEL).toFixed(1);
  const x = (part: number): string => (LEFT + part * WIDTH).toFixed(1);
  return [
    `<text x="${String(LEFT)}" y="${String(top - 10)}" font-weight="600">${escaped(name)}</text>`,
    ...[0, 0.5, 1].flatMap((value) => [
      `<line x1="${x(0)}" x2="${x(1)}" y1="${y(value)}" y2="${y(value)}" stroke="${RULE}"/>`,
      `<text x="${String(LEFT - 8)}" y="${(bottom - value * PANEL + 4).toFixed(1)}" text-anchor="end">${formatValue(value, 'fraction')}</text>`,
    ]),
    ...[0, 0.25, 0.5, 0.75, 1].map(
      (part) =>
        `<text x="${x(part)}" y="${String(bottom + 18)}" text-anchor="middle">${formatDuration(part * endMs)}</text>`,
    ),
    ...curves.map(({ label, color, dashed, values }) => {
      const points = values.map((value, index) => `${x(index / POINTS)},${y(value)}`).join(' ');
      const dashes = dashed ? ' stroke-dasharray="5 4"' : '';
      return `<polyline points="${points}" fill="none" stroke="${color}" stroke-width="2"${dashes}><title>${escaped(label)}</title></polyline>`;
    }),
  ];
}

function legend(policies: readonly PolicyRuns[], top: number): string[] {
  return policies.map(({ policy, bad }, index) => {
    const y = top + 18 * index;
    const line = (x1: number, dashes: string): string =>
      `<line x1="${String(x1)}" x2="${String(x1 + 26)}" y1="${String(y - 4)}" y2="${String(y - 4)}" stroke="${colorOf(index)}" stroke-width="2"${dashes}/>`;
    const words = `${policy}: dashed a healthy candidate${bad === null ? '' : ', solid a bad one'}`;
    return `${line(LEFT, ' stroke-dasharray="5 4"')}${line(LEFT + 34, '')}<text x="${String(LEFT + 70)}" y="${String(y)}">${escaped(words)}</text>`;
  });
}

/** For those who cannot see the curves. */
function describe(policies: readonly PolicyRuns[]): string {
  const part = (runs: readonly SimulatedRun[]): string =>
    formatValue(runs.filter(({ outcome }) => outcome === 'rolledBack').length / runs.length, 'fraction');
  return policies
    .map(
      ({ policy, healthy, bad }) =>
        `${policy} rolled back ${part(healthy)} of the healthy candidates${bad === null ? '' : ` and ${part(bad)} of the bad ones`}.`,
    )
    .join(' ');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
