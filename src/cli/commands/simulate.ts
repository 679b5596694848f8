import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { plannedMs, simulate as run } from '../../domain/simulation/simulate.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { documentOf } from '../output/documents.js';
import { simulationPlot } from '../output/simulation-plot.js';
import { simulationLines } from '../output/simulation-text.js';
import type { Result } from '../result.js';
import { setupFrom, type SimulationWords } from './simulation-options.js';
import { readSpecs } from './spec-files.js';

/** Tries a specification on synthetic traffic: how often it is wrong, and how soon it is right. Asks nobody. */
export async function simulate(context: Context, file: string, words: SimulationWords): Promise<Result> {
  const { specs } = await readSpecs(context, file);
  const [spec, ...more] = specs;
  if (spec === undefined || more.length > 0)
    throw new UsageError('simulate takes a file with one specification', {
      expected: 'one document',
      got: `${String(specs.length)} documents`,
    });
  const simulatable = spec.means.simulated?.(spec.plan);
  if (simulatable === undefined)
    throw new UsageError(`A ${spec.kind} cannot be simulated`, { expected: 'a specification of a kind that can' });
  const { plan, rules, notes } = simulatable;
  const setup = { ...setupFrom(plan, words), rules };
  context.progress(`simulating ${String(setup.runs)} healthy and as many bad rollouts of ${plan.service} …`);
  const { policies, summaries } = run(setup);
  if (words.plot !== undefined) {
    const plot = simulationPlot({ service: plan.service, setup, policies });
    await writeFile(resolve(context.cwd, words.plot), plot);
  }
  const { model, runs, seed } = setup;
  const simulated = {
    service: plan.service,
    plannedMs: plannedMs(plan),
    model,
    runs,
    seed,
    notes,
    policies: summaries,
  };
  return {
    document: documentOf('Simulation', simulated),
    text: (view) => [
      ...simulationLines(simulated, view),
      ...(words.plot === undefined ? [] : [`  drawn in ${words.plot}`]),
    ],
  };
}
