import type { AnalysisPlan, Check, Dispersion } from '../../src/domain/analysis/plan.js';
import type { AnalysisInterval, TrafficSample } from '../../src/domain/analysis/sample.js';
import { seededRandom, type Random } from '../../src/domain/simulation/random.js';
import { binomial } from '../../src/domain/simulation/sampling/binomial.js';
import { failsAfter, type Seen } from '../lib/fails-after.js';
import { BURSTS, type Burst } from './bursts.js';
import { rateOf, type Rate } from './rate.js';
import { LOOKS, type VerdictSettings } from './settings.js';

/** How often a candidate is rolled back that is no worse than allowed, within {@link LOOKS} looks. */
export interface FalseRollbacks {
  readonly what: string;
  /** Whether this is promised; what is not shows that the benchmark can tell. */
  readonly promised: boolean;
  readonly rate: Rate;
}

const AT_1_PERCENT: Check = { kind: 'sequential', metric: 'errorRate', max: 0.01 };

/** So many intervals of the baseline are known before. */
const PAST_INTERVALS = 120;

export function measureFalseRollbacks(settings: VerdictSettings): readonly FalseRollbacks[] {
  return [...atTheBound(settings), ...inBursts(settings), ...withShocks(settings)];
}

function atTheBound({ candidates, seed }: VerdictSettings): FalseRollbacks[] {
  return [0.001, 0.01, 0.1].flatMap((max) =>
    [10, 100, 1000].map((requests) => {
      const random = seededRandom(seed, 100, 1000 * max, requests);
      const plan: AnalysisPlan = { checks: [{ kind: 'sequential', metric: 'errorRate', max }], dispersion: 1 };
      return {
        what: `exactly at the bound of ${String(100 * max)} %, ${String(requests)} requests a look`,
        promised: true,
        rate: rateOf(candidates, () =>
          fails(plan, () => ({ candidate: counts(requests, binomial(random, requests, max)) })),
        ),
      };
    }),
  );
}

const BURSTY_REQUESTS = 100;

function inBursts({ slowCandidates, seed }: VerdictSettings): FalseRollbacks[] {
  const knowing: readonly (readonly [
    string,
    boolean,
    (past: () => readonly AnalysisInterval[]) => Dispersion | undefined,
  ])[] = [
    ['nothing known of them', true, () => undefined],
    ['seen in the baseline before', true, (past) => ({ fromBaseline: past() })],
    ['taken for independent', false, () => 1],
  ];
  return Object.entries(BURSTS).flatMap(([shape, burst], shapeIndex) =>
    [2, 4].flatMap((dispersion) =>
      knowing.map(([known, promised, knowledge], index) => {
        const random = seededRandom(seed, 200, shapeIndex, dispersion, index);
        const draw = (): TrafficSample => counts(BURSTY_REQUESTS, burst(random, BURSTY_REQUESTS, 0.01, dispersion));
        return {
          what: `at the bound of 1 %, bursts φ = ${String(dispersion)} (${shape}), ${known}`,
          promised,
          rate: rateOf(slowCandidates, () => {
            const known = knowledge(() => pastOf(draw));
            const plan: AnalysisPlan = {
              checks: [AT_1_PERCENT],
              ...(known === undefined ? {} : { dispersion: known }),
            };
            return fails(plan, () => ({ candidate: draw() }));
          }),
        };
      }),
    ),
  );
}

function pastOf(draw: () => TrafficSample): readonly AnalysisInterval[] {
  return Array.from({ length: PAST_INTERVALS }, (_, index) => ({
    startMs: index,
    endMs: index + 1,
    candidate: 'no-data' as const,
    baseline: draw(),
  }));
}

/** Three looks in twenty both backends fail 30 % of their requests. */
function shockedRate(index: number): number {
  return index % 20 < 3 ? 0.3 : 0.01;
}

function withShocks({ candidates, slowCandidates, seed }: VerdictSettings): FalseRollbacks[] {
  const rows = [
    { max: 0, ratio: 1, dispersion: 1 },
    { max: 0.5, ratio: 1.5, dispersion: 1 },
    { max: 0, ratio: 1, dispersion: 4 },
  ];
  const compared = rows.map(({ max, ratio, dispersion }, index): FalseRollbacks => {
    const random = seededRandom(seed, 300, index);
    const plan: AnalysisPlan = {
      checks: [{ kind: 'baseline', metric: 'errorRate', maxIncrease: max }],
      ...(dispersion === 1 ? { dispersion } : {}),
    };
    const draw = drawnBy(random, dispersion);
    const allowed = max === 0 ? 'no increase' : '1.5 ×';
    const bursts = dispersion === 1 ? '' : `, bursts φ = ${String(dispersion)}`;
    return {
      what: `baseline check that allows ${allowed}, exactly there, shocks that hit both${bursts}`,
      promised: true,
      rate: rateOf(dispersion === 1 ? candidates : slowCandidates, () =>
        fails(plan, (look) => ({
          candidate: counts(50, draw(50, Math.min(0.9, ratio * shockedRate(look)))),
          baseline: counts(150, draw(150, shockedRate(look))),
        })),
      ),
    };
  });
  const random = seededRandom(seed, 301);
  return [
    ...compared,
    {
      what: 'the same shocks under an absolute bound of 1 %',
      promised: false,
      rate: rateOf(slowCandidates, () =>
        fails({ checks: [AT_1_PERCENT], dispersion: 1 }, (look) => ({
          candidate: counts(50, binomial(random, 50, shockedRate(look))),
        })),
      ),
    },
  ];
}

function drawnBy(random: Random, dispersion: number): (requests: number, p: number) => number {
  const burst: Burst | undefined = dispersion === 1 ? undefined : BURSTS['negative binomial'];
  return (requests, p) =>
    burst === undefined ? binomial(random, requests, p) : burst(random, requests, p, dispersion);
}

function fails(plan: AnalysisPlan, at: (index: number) => Seen): boolean {
  return failsAfter(plan, LOOKS, at) !== null;
}

export function counts(requests: number, errors: number): TrafficSample {
  return { requests, errors };
}
