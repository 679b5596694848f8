import { formatCount } from '../../../domain/analysis/format.js';
import { alternationsIn, type Alternation } from './alternation.js';
import { describe } from './api.js';
import type { Contradiction } from './buckets.js';
import { LONGEST_GAP_MS } from './defaults.js';
import type { RawAnswer, RawSample } from './raw-series.js';
import { leapsIn, type Leap } from './leaps.js';
import { endsOf, type Steps } from './steps.js';
import { countersByProcess } from './targets.js';

/** A time in which counters are not what they seem. */
export interface Doubt {
  readonly fromMs: number;
  readonly untilMs: number;
  /** One sentence. */
  readonly why: string;
}

/**
 * When several processes answered as one. Who answers is a matter of chance, so the same holds for a while before and
 * after: there a counter that goes down, or jumps, may be another process as well. Of one that goes down, and up further
 * than a restart could, only that scrape is in doubt, until the first process is back.
 */
export function doubtsIn(answer: RawAnswer, within: ReadonlySet<string>): readonly Doubt[] {
  return [...countersByProcess(answer, within).values()].flatMap((counters) => {
    const alternations = alternationsIn(counters).map((alternation) => ({
      fromMs: alternation.fromMs - LONGEST_GAP_MS,
      untilMs: alternation.untilMs + LONGEST_GAP_MS,
      why: alternationWords(alternation),
    }));
    const leaps = leapsIn(counters).filter(({ atMs }) =>
      alternations.every(({ fromMs, untilMs }) => atMs < fromMs || atMs > untilMs),
    );
    return [...alternations, ...leaps.map((leap) => ({ fromMs: leap.atMs, untilMs: leap.atMs, why: leapWords(leap) }))];
  });
}

/** Step by step, whether it lies in a time of doubt. */
export function doubtedSteps(doubts: readonly Doubt[], steps: Steps): readonly boolean[] {
  return endsOf(steps).map((endMs, step) => {
    const startMs = steps.fromMs + step * steps.stepMs;
    return doubts.some(({ fromMs, untilMs }) => startMs < untilMs && endMs >= fromMs);
  });
}

/** What is unknown of a range, or left out, in one sentence; `null` when nothing is. */
export function whyDoubted(
  doubts: readonly Doubt[],
  contradictions: readonly Contradiction[],
  steps: Steps,
): string | null {
  const newest = doubts.findLast((doubt) => doubtedSteps([doubt], steps).includes(true));
  const [contradiction] = contradictions;
  return newest?.why ?? (contradiction === undefined ? null : contradictionWords(contradiction));
}

function leapWords({ beforeMs, atMs, gained, usual, counter: { labels, samples } }: Leap): string {
  const shown = (timeMs: number): string => formatCount(samples.find((sample) => sample.atMs === timeMs)?.value ?? 0);
  return (
    `${describe(labels)} fell from ${shown(beforeMs)} to ${shown(atMs)}, as if ${formatCount(gained)} had been counted ` +
    `since a restart where ${formatCount(usual)} are usual from scrape to scrape: another process may have answered at ` +
    (labels['instance'] ?? 'this address')
  );
}

function alternationWords({ fromMs, untilMs, counter: { labels, samples } }: Alternation): string {
  const fell = samples.findIndex(({ atMs }) => atMs === fromMs);
  const back = samples.find(({ atMs }) => atMs === untilMs);
  const words = (sample: RawSample | undefined): string =>
    sample === undefined ? 'nothing' : formatCount(sample.value);
  return (
    `several processes answer in turn at ${labels['instance'] ?? 'one address'}: ${describe(labels)} fell from ` +
    `${words(samples[fell])} to ${words(samples[fell + 1])} and was back at ${words(back)} after ` +
    `${String(Math.round((untilMs - fromMs) / 1000))} s, which no restart does; scrape each process by itself, or let ` +
    'them count together (the multi-process mode of the client)'
  );
}

function contradictionWords({ bucket: { labels } }: Contradiction): string {
  return (
    `a latency histogram contradicts itself: a bucket of ${describe(labels)} gained less than a smaller one, which it ` +
    'includes; latencies of that scrape are left out'
  );
}
