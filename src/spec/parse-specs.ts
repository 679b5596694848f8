import type { SourcePosition } from '../domain/errors.js';
import type { CanaryPlan } from '../domain/canary/plan.js';
import { adviseOnPlan } from './canary/advice.js';
import { API_VERSION, canaryFileSchema, type CanaryFile } from './canary/file-schema.js';
import { draftOfFile, FILE_SURFACE } from './canary/file.js';
import { readCanary, type Form } from './canary/read.js';
import { DEFAULT_PLAN, type PlanDefaults } from './defaults.js';
import type { Flaw } from './reading/flaw.js';
import { fromTheTop, refusal, type PlacedFlaw } from './reading/refusal.js';
import { readSource, type SourceDocument } from './reading/source.js';
import { flawsOfKind, sayLater } from './kinds.js';
import { notesOnPlan } from './canary/notes.js';

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
  const flaws = documents.length === 0 ? [emptyFile(options.file)] : read.flatMap((one) => one.flaws);
  if (flaws.length > 0) throw refusal(options.file, flaws);
  return read.flatMap(({ spec }) => (spec === undefined ? [] : [spec]));
}

function readDocument(
  document: SourceDocument,
  options: ParseOptions,
): { readonly spec?: ParsedSpec; readonly flaws: readonly PlacedFlaw[] } {
  if (document.value === undefined) return { flaws: document.flaws };
  const place = (flaw: Flaw): PlacedFlaw => ({ ...flaw, at: document.positionOf(flaw.path, flaw.onKey) });
  const input = withVersion(document.value, options.version);
  const unfit = flawsOfKind(input);
  if (unfit.length > 0) return { flaws: [...document.flaws, ...unfit.map(place)] };
  const { plan, flaws } = readCanary(input, FILE_FORM, options.defaults ?? DEFAULT_PLAN);
  const all = fromTheTop([...document.flaws, ...flaws.map(sayLater).map(withExample).map(place)]);
  if (plan === undefined || all.length > 0) return { flaws: all };
  const at = document.positionOf([]);
  return { spec: { kind: 'Canary', plan, at, notes: notesOnPlan(plan), advice: adviseOnPlan(plan) }, flaws: [] };
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

function emptyFile(file: string): PlacedFlaw {
  return {
    rule: 'spec.empty',
    path: [],
    message: 'There is no specification in this file',
    expected: 'a document that begins with apiVersion: headgate/v1',
    got: 'nothing',
    remedy: 'headgate init writes one to begin with',
    at: { file, line: 1, column: 1 },
  };
}

const EXAMPLES: Readonly<Record<string, string>> = {
  stages: '{ traffic: 5%, duration: 10m }',
  checks: '{ metric: errorRate, max: 1% }',
};

/** Who has written something else where a list stands, or one of its entries, sees how one is written. */
function withExample(flaw: Flaw): Flaw {
  const [key, index, ...below] = flaw.path;
  const example = typeof key === 'string' && Object.hasOwn(EXAMPLES, key) ? EXAMPLES[key] : undefined;
  if (flaw.rule !== 'type' || flaw.remedy !== undefined || example === undefined || below.length > 0) return flaw;
  return { ...flaw, remedy: index === undefined ? `Write [${example}, …]` : `Write ${example}` };
}
