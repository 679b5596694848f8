import { setTimeout as sleep } from 'node:timers/promises';
import { HeadgateError } from '../../domain/errors.js';
import { isStagedTraffic } from '../../domain/staged-traffic/is-staged-traffic.js';
import type { RolloutStatus } from '../../domain/staged-traffic/status.js';
import { shareOf, type Roles } from '../../domain/traffic/weights.js';
import { NotReadyError } from '../errors.js';
import type { Stage } from './stage.js';
import type { Chapter } from './story.js';
import type { VersionTally } from './tally.js';
import { watchWeights } from './weights-watch.js';

/** What can be seen while a chapter is played. */
export interface Scene {
  readonly chapter: Chapter;
  readonly roles: Roles;
  readonly versions: Readonly<Record<string, string>>;
  readonly status: RolloutStatus;
  /** What the data plane does, 0–100. */
  readonly candidatePercent: number | null;
}

/** Who hears of it while it is played. */
export interface Audience {
  started(rolloutId: string): void;
  show(scene: Scene): void;
}

/** How a chapter went. */
export interface ChapterResult {
  readonly chapter: Chapter;
  readonly status: RolloutStatus;
  /** As the story wants it. */
  readonly asItMust: boolean;
  readonly tookMs: number;
  /** What users got from the release; `null` when it had none. */
  readonly seen: VersionTally | null;
  readonly rollback: RollbackTimes | null;
}

/** How fast it was undone. */
export interface RollbackTimes {
  /** From the release's first request to the verdict. */
  readonly firstUserToVerdictMs: number;
  /** From the verdict, as it is written down, until the data plane read 0 %; below 0 when that was before. */
  readonly verdictToZeroMs: number;
  /** From the verdict until the last request was sent that the release still got; below 0 when that was before. */
  readonly verdictToLastRequestMs: number;
}

const LOOK_EVERY_MS = 200;

/** Longer than any chapter takes. */
const CHAPTER_DEADLINE_MS = 120_000;

/** Deploys the release to the idle slot, starts its rollout, and follows it to its end. */
export async function playChapter(stage: Stage, chapter: Chapter, audience: Audience): Promise<ChapterResult> {
  const roles = await rolesNow(stage);
  stage.slots.find(({ slot }) => slot === roles.candidate)?.deploy(chapter.release);
  const versions = Object.fromEntries(stage.slots.map(({ slot, version }) => [slot, version.version]));
  const weights = watchWeights(stage.entrance, stage.plan.service, roles.candidate);
  try {
    const startedAtMs = performance.now();
    const { version } = chapter.release;
    const { id } = await stage.start({ ...stage.plan, version });
    audience.started(id);
    const status = await follow(stage, id, (seen) => {
      audience.show({ chapter, roles, versions, status: seen, candidatePercent: weights.percent() });
    });
    const tookMs = performance.now() - startedAtMs;
    // What was on its way when the weights changed has been answered within this.
    await sleep(1000, undefined, { signal: stage.signal });
    const seen = stage.tally.of(version);
    const rollback = rollbackTimes(status, seen, weights.backAtZeroMs());
    return { chapter, status, asItMust: endedAsItMust(chapter, status), tookMs, seen, rollback };
  } finally {
    await weights.stop();
  }
}

/** Whoever has all the traffic is the baseline: the roles change with every promotion. */
async function rolesNow({ entrance, plan, slots }: Stage): Promise<Roles> {
  const weights = await entrance.readWeights(plan.service);
  const [baseline, candidate] = [...slots].sort((a, b) => shareOf(weights, b.slot) - shareOf(weights, a.slot));
  return { baseline: baseline?.slot ?? '', candidate: candidate?.slot ?? '' };
}

async function follow(stage: Stage, id: string, show: (status: RolloutStatus) => void): Promise<RolloutStatus> {
  const endsAtMs = performance.now() + CHAPTER_DEADLINE_MS;
  for (;;) {
    const status = await statusOf(stage, id);
    show(status);
    if (status.isComplete) return status;
    if (performance.now() > endsAtMs)
      throw new NotReadyError(`the rollout ${id} to end`, CHAPTER_DEADLINE_MS, `${status.phase}: ${status.reason}`);
    await sleep(LOOK_EVERY_MS, undefined, { signal: stage.signal });
  }
}

async function statusOf({ manager }: Stage, id: string): Promise<RolloutStatus> {
  const status = await manager.getDeploymentStatus(id);
  if (isStagedTraffic(status)) return status;
  throw new HeadgateError('UNKNOWN_KIND', `${id} moves no traffic`);
}

/** Whether it ended as the story wants it, by the check that the story wants. */
export function endedAsItMust(
  { mustEnd, caughtBy }: Chapter,
  { outcome, stop }: Pick<RolloutStatus, 'outcome' | 'stop'>,
): boolean {
  return outcome === mustEnd && (caughtBy === undefined || stop?.checks?.includes(caughtBy) === true);
}

function rollbackTimes(
  status: RolloutStatus,
  seen: VersionTally | null,
  backAtZeroMs: number | null,
): RollbackTimes | null {
  const decidedAt = status.stop?.at ?? null;
  if (status.outcome !== 'rolledBack' || seen === null || backAtZeroMs === null || decidedAt === null) return null;
  const verdictAtMs = Date.parse(decidedAt);
  return {
    firstUserToVerdictMs: verdictAtMs - seen.firstSentAtMs,
    verdictToZeroMs: backAtZeroMs - verdictAtMs,
    verdictToLastRequestMs: seen.lastSentAtMs - verdictAtMs,
  };
}
