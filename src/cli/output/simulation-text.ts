import { formatCount, formatNumber, formatValue } from '../../domain/analysis/format.js';
import { formatDuration } from '../../domain/duration.js';
import { formatPercent } from '../../domain/percent.js';
import type { Spread } from '../../domain/simulation/quantiles.js';
import type { PolicySummary, SharePart } from '../../domain/simulation/summary.js';
import type { TrafficModel, VersionModel } from '../../domain/simulation/traffic-model.js';
import type { TextView } from '../result.js';
import type { Documents } from './documents.js';
import { table } from './table.js';

/** What a simulation found, as a person would tell it. */
export function simulationLines(
  { service, plannedMs, model, runs, seed, notes, policies }: Documents['Simulation'],
  { paint }: TextView,
): string[] {
  const heads = policies.map(({ policy }) => policy);
  return [
    `${paint.strong(service)}  ${formatCount(runs)} simulated rollouts with a healthy candidate, as many with a bad one (seed ${String(seed)})`,
    `  ${modelWords(model)}`,
    `  ${badWords(model)}`,
    '',
    ...table([['', ...heads.map((head) => paint.strong(head))], ...rows(policies)]).map((line) => `  ${line}`),
    '',
    `  The plan lasts ${formatDuration(plannedMs)} when all goes well. ± is two standard errors.`,
    ...notes.map((note) => `  ${paint.attention('!')} ${note}`),
  ];
}

function rows(policies: readonly PolicySummary[]): string[][] {
  const row = (name: string, cell: (summary: PolicySummary) => string): string[] => [name, ...policies.map(cell)];
  return [
    row('healthy: rolled back', ({ healthy }) => shareWords(healthy.falseRollbacks)),
    row('  promoted', ({ healthy }) => percentWords(healthy.promoted)),
    row('  held for a person', ({ healthy }) => percentWords(healthy.held)),
    row('  ended by onUnknown', ({ healthy }) => percentWords(healthy.aborted)),
    row('  at the last stage after', ({ healthy }) => spreadWords(healthy.timeToFullMs, formatDuration)),
    row('bad: rolled back', ({ bad }) => (bad === null ? '' : shareWords(bad.detected))),
    row('  promoted', ({ bad }) => (bad === null ? '' : percentWords(bad.promoted))),
    row('  held for a person', ({ bad }) => (bad === null ? '' : percentWords(bad.held))),
    row('  found after', ({ bad }) => spreadWords(bad?.detectionMs ?? null, formatDuration)),
    row('  requests that met it', ({ bad }) => spreadWords(bad?.exposedRequests ?? null, formatCount)),
    row('  its share by then', ({ bad }) => spreadWords(bad?.shareAtRollbackPercent ?? null, formatPercent)),
  ];
}

function modelWords({ requestsPerSecond, baseline, dispersion, shocks }: TrafficModel): string {
  const bursts = dispersion > 1 ? `, in bursts (φ = ${formatNumber(dispersion)})` : '';
  const shocked =
    shocks === null
      ? ''
      : `; about every ${formatDuration(shocks.everyMs)} both versions fail ${percentWords(shocks.errorRate)} for ${formatDuration(shocks.lastMs)}`;
  return `${formatNumber(requestsPerSecond)} requests/s; ${versionWords(baseline)}${bursts}${shocked}`;
}

function badWords({ degradation, baseline }: TrafficModel): string {
  if (degradation === null) return 'no candidate goes bad';
  const { atMs, overMs, to } = degradation;
  const slower = to.latency.medianMs > baseline.latency.medianMs;
  const what = [
    `errors ${percentWords(to.errorRate)}`,
    ...(slower ? [`${formatNumber(to.latency.medianMs / baseline.latency.medianMs)} × as slow`] : []),
  ].join(', ');
  const when = atMs === 0 ? 'from the first percent on' : `from ${formatDuration(atMs)} on`;
  return `bad: ${what}, ${when}${overMs > 0 ? `, over ${formatDuration(overMs)}` : ''}`;
}

function versionWords({ errorRate, latency }: VersionModel): string {
  return `errors ${percentWords(errorRate)}, ${formatValue(latency.medianMs, 'ms')} in the middle, ${formatValue(latency.p99Ms, 'ms')} at p99`;
}

function shareWords({ share, plusMinus }: SharePart): string {
  return `${percentWords(share)} ± ${formatNumber(Number((100 * plusMinus).toPrecision(2)))}`;
}

function percentWords(share: number): string {
  return formatValue(share, 'fraction');
}

function spreadWords(spread: Spread | null, words: (value: number) => string): string {
  return spread === null ? '–' : `${words(spread.median)}, p90 ${words(spread.p90)}`;
}
