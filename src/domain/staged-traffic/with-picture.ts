import type { WatchPicture } from '../traffic/picture.js';
import { messageOfWarning } from '../rollout/warnings.js';
import { isOverBy } from './passing-warnings.js';
import type { RolloutStatus } from './status.js';

/** The status with what the running watch saw last. What it shows to be over is said no more. */
export function withPicture({ passing = [], ...status }: RolloutStatus, picture: WatchPicture | null): RolloutStatus {
  if (picture === null || picture.stage !== status.currentStage || status.isComplete) return status;
  const lasting = status.warnings.slice(0, status.warnings.length - passing.length);
  const still = passing.filter((warning) => !isOverBy(warning, picture)).map(messageOfWarning);
  return {
    ...status,
    observed: picture.observed,
    healthScore: picture.healthScore,
    checks: picture.checks,
    verdict: status.verdict ?? picture.verdict,
    asOf: picture.at,
    warnings: [...lasting, ...still, ...picture.trouble],
    reason: status.reason + proofWords(status, picture),
  };
}

/** What a stage that may end early still waits for, to stand at the end of the reason. */
function proofWords(status: RolloutStatus, { checks }: WatchPicture): string {
  const stage = status.stages[status.currentStage - 1];
  // Its clock runs, and nothing else is to be said.
  if (stage?.advanceOnEvidence !== true || status.stageEndsAt === null) return '';
  const missing = checks.flatMap(({ name, suspended, proof, missing: wanted }) => {
    const words = suspended === true ? null : (wanted ?? proof?.missing ?? null);
    return words === null ? [] : [`${name} ${words}`];
  });
  if (missing.length > 0) return `; it may end early: ${missing.join('; ')}`;
  return checks.some(({ proof }) => proof?.proven === true) ? '; health is proven' : '';
}
