import { formatPercent } from '../percent.js';
import type { RolloutKind } from '../rollout/kinds.js';
import type { WatchPicture } from '../traffic/picture.js';
import type { RolloutSummary } from './is-staged-traffic.js';
import { recordedStatus } from './recorded-status.js';
import type { RolloutStatus } from './status.js';
import { withPicture } from './with-picture.js';

/** How a kind that moves traffic in stages is shown and listed. */
export const shownTraffic = {
  recorded: recordedStatus,
  seen(status, { picture, isBrokenOff }) {
    const shown = withPicture(status, picture as WatchPicture | null);
    return isBrokenOff ? { ...shown, stageEndsAt: null } : shown;
  },
  place: ({ trafficPercentage, currentStage, stageCount }) =>
    `${formatPercent(trafficPercentage)}, stage ${String(currentStage)}/${String(stageCount)}`,
  listed: (line, attributes): RolloutSummary => ({
    ...line,
    stage: Number(attributes.HeadgateStage ?? 0),
    trafficPercentage: Number(attributes.HeadgateTrafficPercent ?? 0),
  }),
} satisfies Partial<RolloutKind<RolloutStatus>>;
