import type { CanaryPlan } from '../../domain/canary/plan.js';
import { CANARY } from '../../domain/search-attributes.js';
import type { Flaw } from '../reading/flaw.js';
import type { SpecKind } from '../spec-kind.js';
import { adviseOnPlan } from './advice.js';
import { API_VERSION, canaryFileSchema, type CanaryFile } from './file-schema.js';
import { draftOfFile, FILE_SURFACE } from './file.js';
import { notesOnPlan } from './notes.js';
import { readCanary, type Form } from './read.js';

const FILE_FORM: Form<CanaryFile> = {
  schema: canaryFileSchema,
  draftOf: draftOfFile,
  surface: FILE_SURFACE,
  standIns: { apiVersion: API_VERSION, kind: 'Canary', service: 'service' },
};

/** A canary as a file writes it. */
export const canarySpec: SpecKind<CanaryPlan> = {
  name: 'Canary',
  strategy: CANARY,
  read(document, defaults) {
    const { plan, flaws } = readCanary(document, FILE_FORM, defaults);
    return { plan, flaws: flaws.map(withExample) };
  },
  notesOn: notesOnPlan,
  adviceOn: adviseOnPlan,
};

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
