import type { SourcePosition } from '../domain/errors.js';
import type { StagedTrafficPlan } from '../domain/staged-traffic/plan.js';
import { DEFAULT_PLAN, type PlanDefaults } from './defaults.js';
import type { Flaw } from './reading/flaw.js';
import { fromTheTop, refusal, type PlacedFlaw } from './reading/refusal.js';
import { readSource, type SourceDocument } from './reading/source.js';
import { flawsOfKind, sayLater } from './kinds.js';
import { blueGreenSpec } from './blue-green/blue-green-spec.js';
import { canarySpec } from './canary/canary-spec.js';
import type { RolloutPlan, SpecKind } from './spec-kind.js';

/** One document of a specification file, read. */
export interface ParsedSpec<Plan extends RolloutPlan = RolloutPlan> {
  readonly kind: string;
  /** The kind of rollout that it starts. */
  readonly strategy: string;
  readonly plan: Plan;
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

/** Reads specifications of the kinds that Headgate comes with; errors as {@link readSpecs}. */
export function parseSpecs(text: string, options: ParseOptions) {
  return readSpecs<StagedTrafficPlan>(text, [canarySpec, blueGreenSpec], options);
}

/**
 * Reads a file of specifications: YAML of one or more documents, or JSON.
 *
 * @param kinds those that may stand in it; a document that names none is read as the first
 * @throws InvalidSpecError with every problem of every document, each with its place.
 */
export function readSpecs<Plan extends RolloutPlan>(
  text: string,
  kinds: readonly SpecKind<Plan>[],
  options: ParseOptions,
): ParsedSpec<Plan>[] {
  const documents = readSource(text, options.file);
  const read = documents.map((document) => readDocument(document, kinds, options));
  const flaws = documents.length === 0 ? [emptyFile(options.file)] : read.flatMap((one) => one.flaws);
  if (flaws.length > 0) throw refusal(options.file, flaws);
  return read.flatMap(({ spec }) => (spec === undefined ? [] : [spec]));
}

function readDocument<Plan extends RolloutPlan>(
  document: SourceDocument,
  kinds: readonly SpecKind<Plan>[],
  options: ParseOptions,
): { readonly spec?: ParsedSpec<Plan>; readonly flaws: readonly PlacedFlaw[] } {
  if (document.value === undefined) return { flaws: document.flaws };
  const place = (flaw: Flaw): PlacedFlaw => ({ ...flaw, at: document.positionOf(flaw.path, flaw.onKey) });
  const input = withVersion(document.value, options.version);
  const unfit = flawsOfKind(
    input,
    kinds.map(({ name }) => name),
  );
  const kind = kinds.find(({ name }) => isNamed(input, name)) ?? kinds[0];
  if (unfit.length > 0 || kind === undefined) return { flaws: [...document.flaws, ...unfit.map(place)] };
  const { plan, flaws } = kind.read(input, options.defaults ?? DEFAULT_PLAN);
  const all = fromTheTop([...document.flaws, ...flaws.map(sayLater).map(place)]);
  if (plan === undefined || all.length > 0) return { flaws: all };
  const { name, strategy } = kind;
  const at = document.positionOf([]);
  return {
    spec: { kind: name, strategy, plan, at, notes: kind.notesOn(plan), advice: kind.adviceOn(plan) },
    flaws: [],
  };
}

function isNamed(document: unknown, name: string): boolean {
  return typeof document === 'object' && document !== null && 'kind' in document && document.kind === name;
}

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
