import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HeadgateError, type ErrorFacts } from '../../domain/errors.js';
import type { ParsedSpec } from '../../spec/parse-specs.js';
import type { Context } from '../context.js';
import type { FileKind } from '../kind.js';

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

/** A specification, and what it means to the commands. */
export type FiledSpec = ParsedSpec & { readonly means: FileKind };

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
): Promise<{ readonly specs: readonly FiledSpec[]; readonly warnings: readonly string[] }> {
  const [parsing, kinds, { defaultsFrom }, config] = await Promise.all([
    import('../../spec/parse-specs.js'),
    fileKinds(context),
    import('../../config/defaults.js'),
    context.session.config(),
  ]);
  const bytes = await readFile(resolve(context.cwd, file)).catch((error: unknown) => {
    throw new FileNotReadableError(file, error);
  });
  const text = textOf(bytes, file);
  const defaults = defaultsFrom(config);
  const parsed = kinds.map(({ spec }) => spec);
  const specs = parsing.readSpecs(text, parsed, { file, defaults, ...(version === undefined ? {} : { version }) });
  return {
    specs: specs.flatMap((spec) =>
      kinds.flatMap((means) => (means.spec.name === spec.kind ? [{ ...spec, means }] : [])),
    ),
    warnings: config.warnings,
  };
}

async function fileKinds({ session }: Context): Promise<readonly FileKind[]> {
  const kinds = await session.kinds();
  return Promise.all(kinds.flatMap(({ files }) => (files === undefined ? [] : [files()])));
}

/** No specification is nearly as large; a file that is was named by mistake. */
const MOST_BYTES = 1_048_576;

function textOf(bytes: Uint8Array, file: string): string {
  if (bytes.length > MOST_BYTES)
    throw new FileNotReadableError(file, 'more', {
      expected: 'a specification of at most 1 MiB',
      remedy: 'Name the specification itself',
    });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const [first = 0, second = 0] = bytes;
    const isUtf16 = first + second === 0xff + 0xfe && (first === 0xff || second === 0xff);
    const got = isUtf16 ? 'UTF-16' : 'something else';
    throw new FileNotReadableError(file, got, { expected: 'text in UTF-8', remedy: 'Save it as UTF-8' });
  }
}
