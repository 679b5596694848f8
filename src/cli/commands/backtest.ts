import { HeadgateError } from '../../domain/errors.js';
import type { AnalysisPlan } from '../../domain/analysis/plan.js';
import { backtest as runBacktest } from '../../domain/observations/backtest.js';
import { compareWithRecord } from '../../domain/observations/differences.js';
import type { Recording } from '../../domain/observations/recording.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { backtestLines, backtestRollout } from '../output/backtest-text.js';
import { documentOf } from '../output/documents.js';
import type { Result } from '../result.js';
import { observedIn, observedOf } from './observed.js';
import { readSpecs } from './spec-files.js';

export interface BacktestOptions {
  readonly spec?: string;
  readonly observations?: readonly string[];
}

/** What a policy would have done over what was observed: another one, or the one that the rollout had. */
export async function backtest(
  context: Context,
  id: string | undefined,
  { spec, observations }: BacktestOptions,
): Promise<Result> {
  const recordings = await recordingsFor(context, id, observations);
  const policyFor = spec === undefined ? recordedPolicy : await policiesIn(context, spec);
  const rollouts = recordings.map((recording) => {
    const policy = policyFor(recording);
    const record = policy === 'recorded' ? compareWithRecord(recording) : null;
    return backtestRollout(runBacktest(recording, policy), record);
  });
  return {
    document: documentOf('Backtest', { policy: spec ?? 'recorded', rollouts }),
    text: (view) => rollouts.flatMap((rollout) => backtestLines(rollout, spec, view)),
  };
}

async function recordingsFor(
  context: Context,
  id: string | undefined,
  files: readonly string[] | undefined,
): Promise<readonly Recording[]> {
  if (files !== undefined) {
    const all = await observedIn(context, files);
    return id === undefined ? all : all.filter(({ rolloutId, service }) => rolloutId === id || service === id);
  }
  if (id !== undefined) return [await observedOf(context, id)];
  throw new UsageError('Say what is to be judged', {
    expected: 'a rollout, or --observations with files',
    next: ['headgate list', 'headgate backtest ID', 'headgate backtest --spec FILE --observations FILE'],
  });
}

function recordedPolicy({ stages, rolloutId }: Recording): 'recorded' {
  if (stages.some(({ readings }) => readings.some(({ plan }) => plan !== null))) return 'recorded';
  throw new UsageError(`${rolloutId} carries no plan of its own`, {
    expected: '--spec with the specification to judge it by',
    next: ['headgate backtest --spec canary.yaml --observations FILE'],
  });
}

/** Of a file with several specifications, each rollout is judged by its service's own. */
async function policiesIn(context: Context, file: string): Promise<(recording: Recording) => AnalysisPlan> {
  const { specs } = await readSpecs(context, file);
  return ({ service }) => {
    const [only, ...others] = specs;
    const own = specs.find(({ plan }) => plan.service === service) ?? (others.length === 0 ? only : undefined);
    const analysis = own?.means.analysisOf?.(own.plan);
    if (analysis !== undefined) return analysis;
    throw new HeadgateError('INVALID_SPEC', `${file} has no specification for ${service}`, {
      expected: `service: ${service}, or a file with one specification`,
      got: specs.map(({ plan }) => plan.service).join(', '),
      remedy: 'Name a file with the specification to judge by',
    });
  };
}
