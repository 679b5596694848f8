import { InvalidSpecError } from '../../domain/errors.js';
import type { Asked } from '../../inspection/inspect.js';
import type { Context } from '../context.js';
import { findingOf } from '../failure.js';
import { documentOf, type FileValidation } from '../output/documents.js';
import { validationLines } from '../output/validation-text.js';
import type { Result } from '../result.js';
import type { Looked } from './validate-online.js';
import { readSpecs } from './spec-files.js';

export interface ValidateOptions {
  /** Also look at the service, as a start does. */
  readonly online?: boolean;
}

/** Says everything that is wrong with files, and what could be better. Starts nothing. */
export async function validate(
  context: Context,
  files: readonly string[],
  { online = false }: ValidateOptions,
): Promise<Result> {
  const validations: FileValidation[] = [];
  for (const file of files) validations.push(await validateFile(context, file, online));
  const valid = validations.every((one) => one.valid);
  return {
    document: documentOf('Validation', { valid, files: validations }),
    text: (view) => validations.flatMap((one) => validationLines(one, view)),
    exit: valid ? 'reached' : 'invalid',
  };
}

async function validateFile(context: Context, file: string, online: boolean): Promise<FileValidation> {
  try {
    const { specs } = await readSpecs(context, file);
    const { problems, advice: found } = online
      ? await lookedOnline(
          context,
          specs.flatMap(({ plan, means }) => means.askedBy?.(plan) ?? []),
        )
      : { problems: [], advice: [] };
    return {
      file,
      valid: problems.length === 0,
      specs: specs.map(({ kind, plan }) => ({ kind, service: plan.service, version: plan.version ?? null })),
      problems,
      notes: specs.flatMap(({ notes }) => notes),
      advice: [...specs.flatMap(({ advice }) => advice), ...found],
    };
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error;
    return { file, valid: false, specs: [], problems: error.problems.map(findingOf), notes: [], advice: [] };
  }
}

async function lookedOnline(context: Context, asked: readonly Asked[]): Promise<Looked> {
  if (asked.length === 0) return { problems: [], advice: [] };
  const { foreignGateways } = await import('./foreign-gateways.js');
  const foreign = await foreignGateways(await context.session.config(), asked);
  // What somebody else answers there says nothing about this service.
  if (foreign.length > 0) return { problems: foreign, advice: [] };
  const { lookOnline } = await import('./validate-online.js');
  return lookOnline(await context.session.ports(), asked);
}
