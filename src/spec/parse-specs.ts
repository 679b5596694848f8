import { InvalidSpecError, type Problem, type SourcePosition } from '../domain/errors.js';
import type { CanaryPlan } from '../domain/rollout/plan.js';
import { adviseOnPlan } from './advice.js';
import { API_VERSION, canaryFileSchema, type CanaryFile } from './canary/file-schema.js';
import { draftOfFile, FILE_SURFACE } from './canary/file.js';
import { readCanary, type Form } from './canary/read.js';
import { DEFAULT_PLAN, type PlanDefaults } from './defaults.js';
import { problemOf, type Flaw } from './reading/flaw.js';
import { readSource, type SourceDocument } from './reading/source.js';
import { flawsOfKind, sayLater } from './kinds.js';
import { notesOnPlan } from './notes.js';

/** One document of a specification file, read. */
export interface ParsedSpec {
  readonly kind: 'Canary';
  readonly plan: CanaryPlan;
  /** Where the document begins. */
  readonly at: SourcePosition;
  /** What was understood, in words, where it could be misread: a share under 1 %. */
  readonly notes: readonly string[];
  /** What could be better. Never a reason to refuse. */
  readonly advice: readonly string[];
}

export interface ParseOptions {
  /** The file's name, for messages. */
  readonly file: string;
  /** Replaces the version that the file names. */
  readonly version?: string;
  readonly defaults?: PlanDefaults;
}

/**
 * Reads a file of specifications: YAML of one or more documents, or JSON.
 *
 * @throws InvalidSpecError with every problem of every document, each with its place.
 */
export function parseSpecs(text: string, options: ParseOptions): ParsedSpec[] {
  const documents = readSource(text, options.file);
  const read = documents.map((document) => readDocument(document, options));
  const problems = documents.length === 0 ? [emptyFile(options.file)] : read.flatMap((one) => one.problems);
  if (problems.length > 0) throw new InvalidSpecError(`${options.file} is refused`, problems);
  return read.flatMap(({ spec }) => (spec === undefined ? [] : [spec]));
}

function readDocument(
  document: SourceDocument,
  options: ParseOptions,
): { readonly spec?: ParsedSpec; readonly problems: readonly Problem[] } {
  const problems = document.flaws.map((flaw) => problemOf(flaw, flaw.at));
  if (document.value === undefined) return { problems };
  const place = (flaw: Flaw): Problem => problemOf(flaw, document.positionOf(flaw.path, flaw.onKey));
  const input = withVersion(document.value, options.version);
  const unfit = flawsOfKind(input);
  if (unfit.length > 0) return { problems: [...problems, ...unfit.map(place)] };
  const { plan, flaws } = readCanary(input, FILE_FORM, options.defaults ?? DEFAULT_PLAN);
  const all = [...problems, ...inOrder(flaws.map(sayLater).map(place))];
  if (plan === undefined || all.length > 0) return { problems: all };
  const spec = {
    kind: 'Canary',
    plan,
    at: document.positionOf([]),
    notes: notesOnPlan(plan),
    advice: adviseOnPlan(plan),
  } as const;
  return { spec, problems: [] };
}

const FILE_FORM: Form<CanaryFile> = {
  schema: canaryFileSchema,
  draftOf: draftOfFile,
  surface: FILE_SURFACE,
  standIns: { apiVersion: API_VERSION, kind: 'Canary', service: 'service' },
};

function withVersion(value: unknown, version: string | undefined): unknown {
  return version === undefined || typeof value !== 'object' || value === null ? value : { ...value, version };
}

/** As a person reads the file: from the top. */
function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => lineOf(a) - lineOf(b));
}

function lineOf({ at }: Problem): number {
  return at === undefined ? 0 : at.line + at.column / 1e6;
}

function emptyFile(file: string): Problem {
  return {
    rule: 'spec.empty',
    path: '',
    message: 'There is no specification in this file',
    expected: 'a document that begins with apiVersion: headgate/v1',
    got: 'nothing',
    remedy: 'headgate init writes one to begin with',
    at: { file, line: 1, column: 1 },
  };
}
