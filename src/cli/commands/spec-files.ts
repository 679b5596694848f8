import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HeadgateError, type ErrorFacts } from '../../domain/errors.js';
import type { ParsedSpec } from '../../spec/parse-specs.js';
import type { Context } from '../context.js';

/** Thrown when a file that was named cannot be read. Nothing was started. */
export class FileNotReadableError extends HeadgateError {
  constructor(
    file: string,
    cause: unknown,
    facts: ErrorFacts = {
      remedy: 'Correct the name, or write a specification to begin with',
      next: ['headgate init'],
    },
  ) {
    super('FILE_NOT_READABLE', `${file} cannot be read`, {
      expected: 'a file that exists and may be read',
      got: cause instanceof Error ? cause.message : String(cause),
      ...facts,
      cause,
    });
  }
}

/**
 * Reads a specification file with the defaults of this installation.
 *
 * @throws FileNotReadableError
 * @throws InvalidSpecError with every problem of the file, each with its place.
 */
export async function readSpecs(
  context: Context,
  file: string,
  version?: string,
): Promise<{ readonly specs: readonly ParsedSpec[]; readonly warnings: readonly string[] }> {
  const [{ parseSpecs }, { defaultsFrom }, config] = await Promise.all([
    import('../../spec/parse-specs.js'),
    import('../../config/plan-defaults.js'),
    context.session.config(),
  ]);
  const text = await readFile(resolve(context.cwd, file), 'utf8').catch((error: unknown) => {
    throw new FileNotReadableError(file, error);
  });
  const defaults = defaultsFrom(config);
  const specs = parseSpecs(text, { file, defaults, ...(version === undefined ? {} : { version }) });
  return { specs, warnings: config.warnings };
}
