import type { CanaryPlan } from '../../domain/canary/plan.js';
import { CANARY } from '../../domain/search-attributes.js';
import type { Flaw } from '../reading/flaw.js';
import type { SpecKind } from '../spec-kind.js';
import { adviseOnPlan } from '../staged-traffic/advice.js';
import { API_VERSION } from '../staged-traffic/file-parts.js';
import { canaryFileSchema, type CanaryFile } from './file-schema.js';
import { FILE_SURFACE } from '../staged-traffic/file.js';
import { notesOnPlan } from '../staged-traffic/notes.js';
import { readPlanAs, type Form } from '../staged-traffic/read.js';
import { approvalDraft, inDomain, type PlanDraft } from '../staged-traffic/draft.js';
import { FILE_NAMES, guardsOfFile } from '../staged-traffic/file.js';

const FILE_FORM: Form<CanaryFile> = {
  schema: canaryFileSchema,
  draftOf: draftOfFile,
  surface: FILE_SURFACE,
  complete: (plan) => plan,
  standIns: { apiVersion: API_VERSION, kind: 'Canary', service: 'service' },
};

/** A canary as a file writes it. */
export const canarySpec: SpecKind<CanaryPlan> = {
  name: 'Canary',
  strategy: CANARY,
  read(document, defaults) {
    const { plan, flaws } = readPlanAs(document, FILE_FORM, defaults);
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

function draftOfFile({ stages, checks, rollbackPolicy, health, ...file }: CanaryFile): PlanDraft {
  return {
    ...inDomain(file, FILE_NAMES),
    ...guardsOfFile({ checks, rollbackPolicy, health }),
    stages: stages?.map(({ approval, ...stage }) => ({
      ...inDomain(stage, FILE_NAMES),
      approval: approval && approvalDraft(inDomain(approval, FILE_NAMES)),
    })),
  };
}
