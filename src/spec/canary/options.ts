import { approvalDraft, inDomain, type PlanDraft } from '../staged-traffic/draft.js';
import { guardsOfOptions, OPTION_NAMES } from '../staged-traffic/options.js';
import type { WrittenOptions } from './options-schema.js';

export function draftOfOptions(written: WrittenOptions): PlanDraft {
  const { stages, successCriteria, rollbackPolicy, health, ...options } = written;
  return {
    ...inDomain(options, OPTION_NAMES),
    ...guardsOfOptions({ successCriteria, rollbackPolicy, health }),
    stages: stages?.map(({ approval, ...stage }) => ({
      ...inDomain(stage, OPTION_NAMES),
      approval: approval && approvalDraft(inDomain(approval, OPTION_NAMES)),
    })),
  };
}
