import { approvalDraft, inDomain, type PlanDraft } from '../staged-traffic/draft.js';
import { FILE_NAMES, guardsOfFile } from '../staged-traffic/file.js';
import type { CanaryFile } from './file-schema.js';

export function draftOfFile({ stages, checks, rollbackPolicy, health, ...file }: CanaryFile): PlanDraft {
  return {
    ...inDomain(file, FILE_NAMES),
    ...guardsOfFile({ checks, rollbackPolicy, health }),
    stages: stages?.map(({ approval, ...stage }) => ({
      ...inDomain(stage, FILE_NAMES),
      approval: approval && approvalDraft(inDomain(approval, FILE_NAMES)),
    })),
  };
}
