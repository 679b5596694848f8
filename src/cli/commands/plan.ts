import type { Context } from '../context.js';
import { documentOf } from '../output/documents.js';
import type { Result } from '../result.js';
import { readSpecs } from './spec-files.js';

/** What a file would do. Starts nothing, and asks nobody. */
export async function plan(context: Context, file: string, version: string | undefined): Promise<Result> {
  const { specs } = await readSpecs(context, file, version);
  const plans = specs.map((spec) => spec.plan);
  const notes = specs.flatMap((spec) => spec.notes);
  const advice = specs.flatMap((spec) => spec.advice);
  return {
    document: documentOf('Plan', { plans, notes, advice }),
    text: (view) => [
      ...specs.flatMap((spec) => spec.means.linesOf(spec.plan, view)),
      ...[...notes, ...advice].map((line) => `${view.paint.attention('!')} ${line}`),
      `    headgate start ${file} --wait`,
    ],
  };
}
